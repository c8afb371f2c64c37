"""`pytest tests/sandbox --aws`: tried against the sandbox, which stands there as AWS would."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.sandbox.accounts import ACCOUNTS, HUB, MANAGEMENT, RESEARCH
from tests.support.sandbox.process import Sandbox

pytestmark = [pytest.mark.sandbox_only, pytest.mark.sandbox]

PROFILES = {"m": MANAGEMENT, "h": HUB, "s": RESEARCH}
WITH_PROFILES = ("--aws", "--aws-management=m", "--aws-hub=h", "--aws-spoke=s", "--aws-iam-seconds=0")


SOME = "accept or member_account or one_by_one"
"""Enough to see that it works; docs/sandbox.md shows a run of all."""


def run(folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run tests with three profiles whose endpoint is the sandbox."""
    (folder / "config").write_text(
        f"[default]\nendpoint_url = {url}\n"  # for the sessions of roles, which have no profile
        + "\n".join(
            f"[profile {name}]\nregion = eu-central-1\nendpoint_url = {url}\n"
            f"aws_access_key_id = {account}\naws_secret_access_key = x\n"
            for name, account in PROFILES.items()
        )
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_", "SANDBOX_"))}
    environment = {**clean, "AWS_CONFIG_FILE": str(folder / "config"), "AWS_EC2_METADATA_DISABLED": "true"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_facts_are_checked_in_the_accounts_of_three_profiles(own_sandbox: Sandbox, tmp_path: Path) -> None:
    done = run(tmp_path, own_sandbox.url, "tests/sandbox/aws/servicecatalog/test_shares.py", "-k", SOME, *WITH_PROFILES)
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", done.stdout.splitlines()[-1])}

    assert done.returncode == 0, done.stdout
    assert counts["passed"] == 5
    assert counts["deselected"] >= 2
    for account in PROFILES.values():  # and nothing is left behind
        assert own_sandbox.client("servicecatalog", account).list_portfolios()["PortfolioDetails"] == []
    buckets = own_sandbox.client("s3", HUB).list_buckets()["Buckets"]
    assert [bucket["Name"] for bucket in buckets] == ["model-catalog-artifacts-hub"]  # which was there before


def test_a_profile_that_is_missing_is_asked_for(tmp_path: Path) -> None:
    done = run(
        tmp_path, "http://127.0.0.1:1", "tests/sandbox/aws/servicecatalog/test_shares.py", "--aws", "--aws-hub=h"
    )

    assert done.returncode == 4
    assert "--aws needs --aws-management, --aws-hub and --aws-spoke" in done.stderr


def test_without_the_option_the_accounts_are_the_sandboxs() -> None:
    assert (ACCOUNTS.real, ACCOUNTS.management, ACCOUNTS.hub, ACCOUNTS.research) == (False, MANAGEMENT, HUB, RESEARCH)
