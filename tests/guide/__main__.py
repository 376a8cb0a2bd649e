"""Makes the pictures of the guide for editors: `make guide`.

A new editor's way, walked in Chromium on a fresh demonstration: every button is pressed by the name
that docs/editors.md gives it, so a name that changed stops the walk and says which.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

from deploy import processes
from deploy.processes import ROOT
from deploy.stack import Stack, StackError
from tests.guide.walking import Walk, opened
from tests.guide.ways import WAYS

DATA = ROOT / "var" / "guide"
PICTURES = ROOT / "docs" / "images" / "guide"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="these ways, by their names, with commas")
    parser.add_argument("--data", type=Path, help="of a demonstration whose sites run already")
    parser.add_argument("--port", type=int, default=8000, help="of that demonstration")
    arguments = parser.parse_args()
    if arguments.data:
        walk(Stack(arguments.data, port=arguments.port), arguments.only)
        return
    shutil.rmtree(DATA, ignore_errors=True)
    stack = Stack(DATA, port=processes.free_row_of_ports(), durable=False)
    stack.start()
    try:
        walk(stack, arguments.only)
    finally:
        stack.stop()


def walk(stack: Stack, only: str | None) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    steps = 0
    began = time.monotonic()
    with opened() as page:
        walking = Walk(page, stack, PICTURES)
        walking.sign_in()
        for way in WAYS:
            if not only or way.__name__ in only.split(","):
                start = time.monotonic()
                way(walking)
                took = time.monotonic() - start
                print(f"{way.__name__}: {walking.steps - steps} steps, {took:.0f} s", flush=True)
                steps = walking.steps
    print(f"{steps} steps, {time.monotonic() - began:.0f} s without reading or thinking")


if __name__ == "__main__":
    try:
        main()
    except StackError as error:
        sys.exit(str(error))
