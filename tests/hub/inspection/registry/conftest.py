"""A sandbox that has models approved and not, and `make verify-catalog` on it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import command_line
from tests.support.registry import BUCKET, SETTINGS, Run, Write
from tests.support.sandbox.accounts import HUB
from tests.support.sandbox.process import Sandbox, running, trust_service_catalog


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox")) as started:
        trust_service_catalog(started)
        yield started


@pytest.fixture
def policy(sandbox: Sandbox) -> Iterator[Write]:
    """Give a function that writes the models' bucket another policy; the old one comes back."""
    s3 = sandbox.client("s3", HUB)
    before = s3.get_bucket_policy(Bucket=BUCKET)["Policy"]

    def write(*statements: dict[str, Any]) -> None:
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))

    yield write
    s3.put_bucket_policy(Bucket=BUCKET, Policy=before)


@pytest.fixture
def run(
    sandbox: Sandbox,
    catalog_copy: CatalogCopy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Give a function that runs the command in a copy of the project: exit code, output, errors."""
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "catalog").symlink_to(catalog_copy.folder)
    (tmp_path / "Pulumi.hub.yaml").write_text(SETTINGS.read_text())
    monkeypatch.chdir(tmp_path)
    verify = command_line(monkeypatch, capsys)

    def command(*arguments: str, account: str = HUB, url: str = sandbox.url) -> tuple[int, str, str]:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_MAX_ATTEMPTS": "1",
        }.items():
            monkeypatch.setenv(name, value)
        ended = verify("models", "verify", *arguments)
        return ended.code, ended.out, ended.err

    return command
