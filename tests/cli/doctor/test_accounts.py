"""What the doctor says of each stack, on a sandbox: settings, the way into the account, permissions, its own checks."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.doctor.accounts import StackChecks, hub_account_of
from cli.doctor.lines import Line
from shared.aws.preflight import CheckResult
from tests.support.paths import ROOT
from tests.support.sandbox.accounts import HUB, MANAGEMENT, RESEARCH
from tests.support.sandbox.process import Sandbox

SETTINGS = {
    "organization": {"accountId": MANAGEMENT, "hubAccountId": HUB},
    "hub": {
        "accountId": HUB,
        "assumeRole": f"arn:aws:iam::{HUB}:role/ModelCatalogDeployer",
        "shares": [{"portfolio": "online-inference", "type": "ORGANIZATIONAL_UNIT", "target": "Workloads"}],
    },
    "spoke-research": {
        "accountId": RESEARCH,
        "assumeRole": f"arn:aws:iam::{RESEARCH}:role/ModelCatalogDeployer",
        "hub": {"accountId": HUB},
    },
}
Look = Callable[..., list[Line]]


@pytest.fixture
def look(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Look at a stack whose settings are changed in the given keys."""
    del sandbox
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hub").symlink_to(ROOT / "hub")
    shutil.copytree(ROOT / "docs" / "iam", tmp_path / "docs" / "iam")
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "x")

    def look(stack: str, **changed: Any) -> list[Line]:  # noqa: ANN401 - settings
        kind = stack.partition("-")[0]
        given = {key: value for key, value in {**SETTINGS[stack], **changed}.items() if value is not None}
        keys = {f"model-catalog-{kind}:{key}": value for key, value in given.items()}
        text = json.dumps({"config": {"aws:region": "eu-central-1", **keys}})
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(text)
        return StackChecks(stack, hub_account=HUB).lines()

    return look


def missing(lines: list[Line]) -> dict[str, str]:
    """Give what is missing."""
    return {line.finding.subject: line.finding.text for line in lines if line.is_missing}


def test_of_an_organization_that_nothing_was_made_in_it_tells_what_will_be(look: Look) -> None:
    lines = look("organization")

    assert {} == missing(lines)
    said = {line.finding.subject: line.finding.text for line in lines}
    assert "can be read" == said["Pulumi.organization.yaml"]
    assert f"this stack makes {HUB} one" in said["delegated administrators of Service Catalog"]
    assert "may do the 8 things of docs/iam/organization-deployer.json" in said["permissions of administrator"]


def test_a_hub_lacks_the_delegation_on_the_first_day(look: Look) -> None:
    lines = look("hub")

    [(subject, text)] = missing(lines).items()
    assert "Pulumi.hub.yaml: shares" == subject
    assert "which only a delegated administrator may: model-catalog stack up organization" in text
    said = {line.finding.subject: line.finding.text for line in lines}
    assert "8 active versions are Approved" == said["model registry"]
    assert "8 of 8 are where product.yaml says" == said["archives"]
    assert "CloudFormation takes 8 of 8" == said["templates in eu-central-1"]


def test_a_spoke_lacks_a_hub_on_the_first_day(look: Look) -> None:
    assert {"what it is to deploy"} == missing(look("spoke-research")).keys()


def test_what_a_deployer_may_do_is_simulated_where_it_may_ask(look: Look, sandbox: Sandbox) -> None:
    lines = look("spoke-research")
    [permissions] = [line.finding for line in lines if line.finding.subject == "permissions of ModelCatalogDeployer"]
    iam = sandbox.client("iam", RESEARCH)
    before = iam.get_role_policy(RoleName="ModelCatalogDeployer", PolicyName="deployer")["PolicyDocument"]
    less = [each for each in before["Statement"] if each["Sid"] != "LaunchTheHubsProducts"]
    document = json.dumps({**before, "Statement": less})
    iam.put_role_policy(RoleName="ModelCatalogDeployer", PolicyName="deployer", PolicyDocument=document)
    try:
        lacks = missing(look("spoke-research"))["permissions of ModelCatalogDeployer"]
    finally:
        whole = json.dumps(before)
        iam.put_role_policy(RoleName="ModelCatalogDeployer", PolicyName="deployer", PolicyDocument=whole)

    assert CheckResult.PASSED is permissions.verdict
    assert "servicecatalog:ProvisionProduct (LaunchTheHubsProducts)" in lacks
    assert "Attach docs/iam/spoke-deployer.json" in lacks


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"assumeRole": f"arn:aws:iam::{RESEARCH}:role/Nobody"}, "Nobody cannot be assumed"),
        ({"assumeRole": None}, f"with the credentials at hand, which are of {MANAGEMENT}"),
        ({"accountid": RESEARCH}, "is not a known key"),
    ],
)
def test_what_keeps_it_out_is_told_and_nothing_more_is_asked(
    look: Look, changed: dict[str, str | None], words: str
) -> None:
    lines = look("spoke-research", **changed)

    [text] = missing(lines).values()
    assert words in text


def test_an_administrator_is_no_deployer(look: Look) -> None:
    lines = look("spoke-research", assumeRole=f"arn:aws:iam::{RESEARCH}:role/OrganizationAccountAccessRole")

    [line] = [line.finding for line in lines if line.finding.subject == f"account {RESEARCH}"]
    assert CheckResult.WARNING is line.verdict
    assert "an administrator. Name ModelCatalogDeployer in assumeRole" in line.text
    assert "`deployers` in Pulumi.organization.yaml gives it one" in line.text


def test_an_account_without_a_deployer_hears_where_it_comes_from(look: Look) -> None:
    account = "666677778888"
    named = look("spoke-research", accountId=account, assumeRole=f"arn:aws:iam::{account}:role/ModelCatalogDeployer")
    other = look("spoke-research", accountId=account, assumeRole=f"arn:aws:iam::{account}:role/Own")

    assert "organization deployers writes what makes it by hand" in missing(named)[f"account {account}"]
    assert "organization deployers" not in missing(other)[f"account {account}"]


def test_example_ids_are_nobodys_account(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    """On AWS: a newcomer's first launch ended in ERROR, since catalog and settings are examples."""
    monkeypatch.delenv("AWS_ENDPOINT_URL")

    [line] = look("spoke-research")

    assert (
        f"accountId {RESEARCH} is an example, of AWS's documentation. Put the id of your account" in line.finding.text
    )


def test_the_hubs_account_is_that_of_its_settings_or_of_a_pin(look: Look) -> None:
    look("organization")
    assert "" == hub_account_of(["organization"])
    look("spoke-research")
    assert HUB == hub_account_of(["organization", "spoke-research"])
    look("hub", accountId="999900001111", assumeRole=None)
    assert "999900001111" == hub_account_of(["hub", "organization", "spoke-research"])
