"""Google's Lighthouse on the pages that a visitor sees first, as a phone and as a desktop."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from bench.ground import Ground
from bench.table import Table
from deploy.processes import ROOT
from tests.chromium import executable

PROGRAM = ROOT / "var" / "cache" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
PAGES = {
    "home": "/",
    "campaign": "/campaigns/school-year/",
    "give": "/give/",
    "wish list": "/wishes/",
    "story": "/stories/the-form-that-was-due-on-friday/",
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
FLAGS = "--headless=new --no-sandbox --disable-background-networking --disable-component-update"


def run(ground: Ground) -> Table:
    """One visit of each page by each device; the audits that cost points are remarks."""
    table = Table("Lighthouse", ["", *CATEGORIES, "requests", "kB"])
    if not PROGRAM.exists():
        table.remarks.append("Lighthouse is not installed: `make lighthouse` does it.")
        return table
    ground.stack.manage("seed_demo")
    below: list[str] = []
    for name, path in PAGES.items():
        for device in ("phone", "desktop"):
            told = visit(f"{ground.public}{path}", device, ground.stack.data)
            scores = [round(100 * told["categories"][key]["score"]) for key in CATEGORIES]
            items = told["audits"]["network-requests"]["details"]["items"]
            sent = sum(item.get("transferSize", 0) for item in items)
            table.add(f"{name}, {device}", *scores, len(items), f"{sent / 1000:.0f}")
            if min(scores) < LEAST:
                below += [f"{name}, {device}: {audit}" for audit in faults(told)]
    version = json.loads((PROGRAM.parent.parent / "lighthouse/package.json").read_text())["version"]
    table.remarks.append(
        f"Lighthouse {version} in its own default throttling, one visit each, on the demonstration "
        f"as `make demo` serves it, without a proxy before it. Target: {LEAST} in each category."
    )
    table.remarks += below
    return table


def visit(url: str, device: str, folder: Path) -> dict[str, Any]:
    """What Lighthouse found, as it tells it."""
    report = folder / "lighthouse.json"
    command = [str(PROGRAM), url, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--chrome-flags={FLAGS}"]
    command += ["--preset=desktop"] if device == "desktop" else []
    environment = {**os.environ, "CHROME_PATH": executable() or ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Lighthouse could not look at {url}:\n{done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(report.read_text())
    return told


def faults(told: dict[str, Any]) -> list[str]:
    """Each audit that cost points, with what it says."""
    found = []
    for key in CATEGORIES:
        for part in told["categories"][key]["auditRefs"]:
            audit = told["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                shown = audit.get("displayValue", "")
                found.append(f"{key}: {audit['title']} {shown}".strip())
    return found
