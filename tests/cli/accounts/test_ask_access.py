"""Whoever lacks a portfolio gets the change to propose, and is told who decides; nothing is granted by asking."""

import subprocess
from pathlib import Path

import pytest
import yaml

from cli.exit_codes import ExitCode
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command

HUB = """\
# Ours.
config:
  aws:region: eu-central-1
  model-catalog-hub:accountId: "222233334444"
  model-catalog-hub:shares:
    - portfolio: online-inference   # everybody
      type: ORGANIZATION
    - {portfolio: batch-inference, type: ORGANIZATIONAL_UNIT, target: Workloads/Production}
    - portfolio: gpu-inference
      type: ACCOUNT
      target: "111122223333"
      tagOptions: true
encryptionsalt: v1:abc"""
SPOKE = """\
config:
  aws:region: eu-central-1
  model-catalog-spoke:accountId: "333344445555"
"""
ROLE = "arn:aws:iam::333344445555:role/data-science"
OTHERS = "arn:aws:iam::999944445555:role/data-science"


@pytest.fixture(autouse=True)
def repository(catalog: CatalogCopy, tmp_path: Path) -> Path:
    """Give a repository with a catalog, a hub and a spoke."""
    del catalog
    (tmp_path / "Pulumi.hub.yaml").write_text(HUB)
    (tmp_path / "Pulumi.spoke-research.yaml").write_text(SPOKE)
    for words in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def applied(patch: str, folder: Path) -> None:
    """Apply a patch as a reviewer would."""
    subprocess.run(["git", "apply", "-"], cwd=folder, input=patch, text=True, check=True)


def shares(folder: Path) -> list[dict[str, object]]:
    """Give the shares of the hub's settings."""
    return yaml.safe_load((folder / "Pulumi.hub.yaml").read_text())["config"]["model-catalog-hub:shares"]


def test_the_patch_shares_the_portfolio_with_the_account_and_keeps_the_rest(command: Command, repository: Path) -> None:
    ended = command("spoke", "ask-access", "research", "batch-inference")

    assert ExitCode.DONE == ended.code
    assert HUB == (repository / "Pulumi.hub.yaml").read_text()
    applied(ended.out, repository)
    asked = {"portfolio": "batch-inference", "type": "ORGANIZATION_MEMBER_ACCOUNT", "target": "333344445555"}
    assert asked == shares(repository)[-1]
    kept = [line for line in (repository / "Pulumi.hub.yaml").read_text().splitlines() if line in HUB.splitlines()]
    assert HUB.splitlines() == kept


def test_whoever_asks_is_told_who_decides(command: Command) -> None:
    ended = command("spoke", "ask-access", "research", "gpu-inference")

    assert "GPU Capacity (gpu-capacity@example.com) decides on gpu-inference" in ended.err
    assert "Say how many instances at most" in ended.err
    assert "git apply" in ended.err


def test_whoever_may_have_it_by_a_unit_is_told_of_the_unit(command: Command) -> None:
    ended = command("spoke", "ask-access", "research", "batch-inference")

    assert "It is shared with Workloads/Production" in ended.err


def test_the_share_is_like_the_others_of_the_portfolio(command: Command, repository: Path) -> None:
    ended = command("spoke", "ask-access", "research", "gpu-inference", "--outside")

    applied(ended.out, repository)
    share = {"portfolio": "gpu-inference", "type": "ACCOUNT", "target": "333344445555", "tagOptions": True}
    assert share == shares(repository)[-1]


def test_a_principal_goes_into_the_settings_of_the_spoke(command: Command, repository: Path) -> None:
    patch = repository / "access.patch"

    command("spoke", "ask-access", "research", "batch-inference", "--principal", ROLE, "--out", str(patch))

    applied(patch.read_text(), repository)
    settings = yaml.safe_load((repository / "Pulumi.spoke-research.yaml").read_text())["config"]
    assert [{"portfolio": "batch-inference", "arn": ROLE}] == settings["model-catalog-spoke:principals"]
    assert 4 == len(shares(repository))


def test_a_principal_of_an_account_that_has_the_portfolio_changes_the_spoke_alone(
    command: Command, repository: Path
) -> None:
    ended = command("spoke", "ask-access", "research", "online-inference", "--principal", ROLE)

    assert "Pulumi.hub.yaml" not in ended.out
    applied(ended.out, repository)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["research", "online-inference"], "access-already"),
        (["research", "nothing"], "portfolio-unknown"),
        (["nobody", "batch-inference"], "stack-unknown"),
        (
            ["research", "batch-inference", "--principal", OTHERS],
            "principal-of-another-account",
        ),
    ],
)
def test_what_cannot_be_asked_for_is_refused(words: list[str], code: str, command: Command) -> None:
    ended = command("spoke", "ask-access", *words)

    assert (ExitCode.MISTAKE, code) == (ended.code, ended.refusal[0])
    assert "" == ended.out


def test_a_share_that_is_ending_is_not_asked_for_anew(command: Command, repository: Path) -> None:
    (repository / "Pulumi.hub.yaml").write_text(
        HUB.replace('"111122223333"\n', '"333344445555"\n      revoking: true\n')
    )

    ended = command("spoke", "ask-access", "research", "gpu-inference")

    assert "share-is-ending" == ended.refusal[0]


def test_a_portfolio_that_nobody_publishes_cannot_be_shared(command: Command, repository: Path) -> None:
    text = HUB.partition("  model-catalog-hub:shares:")[0] + "  model-catalog-hub:portfolios: [online-inference]\n"
    (repository / "Pulumi.hub.yaml").write_text(text)

    ended = command("spoke", "ask-access", "research", "batch-inference")

    assert "portfolio-not-published" == ended.refusal[0]
