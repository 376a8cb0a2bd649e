"""The only pages that may show a confidential field: to whom, where, and why.

An entry that no crawl needed fails the test: what is not shown any more is not allowed any more.
"""

from collections.abc import Mapping

# (letter of the role, address) → why; letters as in tests/site/matrix/addresses.py.
ALLOWED: Mapping[tuple[str, str], str] = {}
