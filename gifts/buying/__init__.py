"""Buying what gifts were given for: orders, what came, what was billed, and whose money it was."""


class Refused(Exception):
    """Nothing was done; `code` says why, for the screen to put into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
