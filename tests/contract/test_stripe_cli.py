"""Stripe's own command line drives the sandbox with Stripe's own scripts."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "var/cache/stripe-cli/node_modules/.bin/stripe"
CLI = shutil.which("stripe") or (str(PLACE) if PLACE.exists() else None)
# Those whose scripts keep to what the sandbox covers; the others make payments without Checkout.
KINDS = [
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.trial_will_end",
    "payment_method.attached",
    "payment_method.detached",
    "product.created",
    "price.created",
]


@pytest.mark.skipif(
    CLI is None, reason="NOT TESTED: the Stripe CLI is not installed: sh deploy/bootstrap.sh tests"
)
def test_stripes_own_scripts_bring_their_events(sandbox, tmp_path):
    # A proxy that is not there: it shall speak to this machine only, and ask for no new version.
    environment = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "STRIPE_CLI_TELEMETRY_OPTOUT": "1",
    }
    missing = {}
    for kind in KINDS:
        before = [event["id"] for event in sandbox.events()][-1:]
        done = subprocess.run(
            [
                *(str(CLI), "trigger", kind),
                *("--api-base", sandbox.url, "--api-key", "sk_test_sandbox00000000"),
            ],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        came = {event["type"] for event in sandbox.events(since=before[0] if before else None)}
        # It looks at the status of answers only; whether the event came, we look ourselves.
        if done.returncode or kind not in came:
            missing[kind] = done.stdout[-400:] + done.stderr[-400:]
    assert missing == {}
