#!/usr/bin/env python
"""Run a Django command. `site/` goes on the path: the standard library owns that name."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    # The Stripe stand-in is a program of its own, with its own settings and database.
    is_sandbox = len(sys.argv) > 1 and sys.argv[1] == "sandbox"
    settings = "sandbox.settings" if is_sandbox else "config.settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    execute_from_command_line(sys.argv)
