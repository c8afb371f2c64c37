"""A checkout with spokes that pin a version, and a hub that has published others since."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fleet.plan import inventory
from shared.catalog import contract
from tests.support.command_line import Command, command_line
from tests.support.fake_account import always
from tests.support.fleet.making import HUB_ACCOUNT, LAUNCH, Member, answer, offer, organization, write_spoke
from tests.support.offers import version
from tests.support.proposing import Publish, commit, git

A, B = "300000000001", "300000000002"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a checkout with three spokes, two of them of one team, and a first commit."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "requirements.lock").write_text("")
    (root / "pyproject.toml").write_text("[project]\nname = 'x'\ndependencies = []\n")
    (tmp_path / "backend").mkdir()
    write_spoke(root, "a", A, tags={"team": "Risk + Fraud"})
    write_spoke(root, "b", B, tags={"team": "Risk + Fraud"})
    write_spoke(root, "c", "300000000003", launches=[{**LAUNCH, "version": "~1.0"}])
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "gitconfig").write_text("[user]\nname=a\nemail=a@b.example\n[init]\ndefaultBranch=main\n")
    monkeypatch.setattr(inventory, "Organization", always(organization(Member(id=A))))
    monkeypatch.chdir(root)
    git(root, "init", "--quiet")
    commit(root)
    return root


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Give a way to let the hub offer versions of the embedder, by their numbers."""

    def published(**versions: Mapping[str, Any]) -> None:
        offered = offer()
        of = {number.replace("_", ".").removeprefix("v"): each for number, each in versions.items()}
        offered["eu-central-1"]["products"]["embedder"]["versions"] = {
            number: version(f"pa-{number}", {}) | dict(each) for number, each in of.items()
        }
        answer(monkeypatch, {"hub": {"catalog": contract.publish(HUB_ACCOUNT, offered)}})

    return published


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be a day that has come."""
    monkeypatch.setenv("MODEL_CATALOG_AS_OF", "2026-11-20")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `model-catalog` here."""
    return command_line(monkeypatch, capsys)
