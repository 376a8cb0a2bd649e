"""`make demo`: everything on this machine, with made-up data, until Ctrl-C."""

import argparse
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

from core import embedded
from deploy.processes import ROOT
from deploy.stack import Stack, StackError

DATA = ROOT / "var" / "demo"


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="of the public site")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of all its state")
    parser.add_argument("--reload", action="store_true", help="start anew when code changes")
    parser.add_argument("--reset", action="store_true", help="forget all data and end")
    parser.add_argument("--code", action="store_true", help="print second-factor codes and end")
    return parser.parse_args()


def main() -> int:
    arguments = read_arguments()
    stack = Stack(arguments.data, port=arguments.port, reload=arguments.reload, say=say)
    if arguments.reset:
        return reset(stack)
    if arguments.code:
        if not stack.runs():
            raise StackError("The demo does not run: start it with `make demo`.")
        print(stack.manage("second_factor_codes").strip())
        return 0
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        stack.start()
        say(welcome(stack))
        stack.watch()
    except Leave:
        say("\nEnding …")
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # what was begun is ended in full
        stack.stop()
    return 0


def reset(stack: Stack) -> int:
    """End what a killed launcher left behind, then remove the folder."""
    if not stack.data.exists():
        return 0
    with stack.alone():
        embedded.stop(stack.data / "pg")
        shutil.rmtree(stack.data)
    say(f"Removed {relative(stack.data)}.")
    return 0


class Leave(BaseException):
    """Somebody asked the demo to end."""


def leave(number: int, frame: FrameType | None) -> None:
    raise Leave


def say(text: str) -> None:
    print(text, flush=True)


def welcome(stack: Stack) -> str:
    sign_ins = stack.data / "sign-ins.txt"
    return f"""
Ready: {stack.url("public")}
Staff: {stack.url("staff")}
Stand-in for Stripe: {stack.url("sandbox")}

{sign_ins.read_text().strip() if sign_ins.exists() else "No made-up data yet."}
Second-factor codes: make code
Logs, mails and uploads: {relative(stack.data)}/; start over: make demo-reset; end: Ctrl-C"""


def relative(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (StackError, embedded.EmbeddedError) as error:
        sys.exit(str(error))
