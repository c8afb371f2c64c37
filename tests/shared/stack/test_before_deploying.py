"""What a preview asks beside the account itself, on a sandbox: credentials, network, permissions."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.aws.preflight import CheckResult, Finding, begun, carry_out
from shared.aws.session import AccountSession, Session
from shared.stack import before_deploying
from shared.stack.before_deploying import begin_checks
from shared.stack.readiness import SERVICES, addresses
from spoke.config import SpokeSettings
from tests.support.fake_account import always
from tests.support.paths import ROOT
from tests.support.sandbox.accounts import HUB, RESEARCH
from tests.support.sandbox.process import Sandbox

LESS = "Less"
Look = Callable[..., dict[str, Finding]]


@pytest.fixture
def look(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Look]:
    """Look as a deployer that has no permission at all, or as the administrator, from a project's folder."""
    iam = sandbox.client("iam", RESEARCH)
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName=LESS, AssumeRolePolicyDocument=document)
    asking = {"Effect": "Allow", "Action": "iam:SimulatePrincipalPolicy", "Resource": "*"}
    shutil.copytree(ROOT / "docs" / "iam", tmp_path / "docs" / "iam")
    (tmp_path / "spoke").mkdir()
    monkeypatch.chdir(tmp_path / "spoke")

    def look(
        *, role: str = LESS, asks: bool = True, deployed: list[dict[str, Any]] | None = None, **given: object
    ) -> dict[str, Finding]:
        statement = asking if asks else {**asking, "Action": "iam:GetUser"}
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=LESS, PolicyName="p", PolicyDocument=text)
        monkeypatch.setattr(before_deploying, "own_resources", always(deployed))
        arn = f"arn:aws:iam::{RESEARCH}:role/{role}"
        settings = SpokeSettings.model_validate(
            {"accountId": RESEARCH, "aws:region": "eu-central-1", "assumeRole": arn, **given}
        )
        account = AccountSession(settings, where="Pulumi.spoke-research.yaml")
        return {each.subject: each for each in carry_out(begin_checks(account, settings, "spoke", hub=HUB))}

    yield look
    iam.delete_role_policy(RoleName=LESS, PolicyName="p")
    iam.delete_role(RoleName=LESS)


def test_a_preview_says_how_long_credentials_last_whether_aws_answers_and_what_the_deployer_may(look: Look) -> None:
    found = look(role="OrganizationAccountAccessRole")

    assert {CheckResult.PASSED} == {each.verdict for each in found.values()}
    assert "they do not end" in found["credentials"].text
    assert found["AWS"].text.startswith("http://127.0.0.1:")
    assert "things of docs/iam/spoke-deployer.json" in found["permissions of OrganizationAccountAccessRole"].text


@pytest.mark.parametrize(
    ("deployed", "verdict"),
    [([], CheckResult.FAILED), ([{"type": "pulumi:pulumi:Stack"}], CheckResult.WARNING), (None, CheckResult.WARNING)],
)
def test_what_a_deployer_may_not_stops_a_first_deployment_and_is_told_of_others(
    look: Look, deployed: list[dict[str, Any]] | None, verdict: CheckResult
) -> None:
    """A stack that went out with these rights yesterday may not need the others."""
    line = look(deployed=deployed)[f"permissions of {LESS}"]

    assert verdict is line.verdict
    assert "Attach docs/iam/spoke-deployer.json to it" in line.text


def test_who_may_not_ask_is_told_and_not_stopped(look: Look) -> None:
    line = look(asks=False, deployed=[])["permissions, simulated"]

    assert CheckResult.WARNING is line.verdict
    assert "not checked" in line.text
    assert "iam:SimulatePrincipalPolicy" in line.text


def test_a_viewer_asks_about_the_deployer_that_will_come_after_it(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_CATALOG_VIEWER", LESS)

    line = look(role="OrganizationAccountAccessRole")["permissions of OrganizationAccountAccessRole"]

    assert CheckResult.PASSED is line.verdict


def test_a_stack_that_sets_nothing_up_is_held_against_the_policy_of_teams(look: Look) -> None:
    assert "Attach docs/iam/team-deployer.json" in look(portfolios=[])[f"permissions of {LESS}"].text


def test_where_no_policy_lies_nothing_is_simulated(look: Look, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "docs")

    line = look(deployed=[])["permissions"]

    assert (CheckResult.PASSED, "not simulated: there is no docs/iam/spoke-deployer.json here") == (
        line.verdict,
        line.text,
    )


def test_a_check_that_is_late_is_told_and_stops_nothing() -> None:
    late = threading.Event()

    def slow() -> Iterator[Finding]:
        """The slow one."""
        late.wait(5)
        yield Finding("slow", "there")

    [line] = carry_out(begun([slow], seconds=0))
    late.set()

    assert CheckResult.WARNING is line.verdict
    assert ("the slow one", "not checked: no answer came in time. Ask again: model-catalog doctor") == (
        line.subject,
        line.text,
    )


def test_a_mistake_in_a_check_that_was_begun_is_raised_where_it_is_waited_for() -> None:
    def broken() -> Iterator[Finding]:
        raise KeyError("x")
        yield Finding("never", "")

    with pytest.raises(KeyError):
        _ = carry_out(begun([broken], seconds=5))


@pytest.mark.parametrize("region", ["eu-central-1", "cn-north-1", "us-gov-west-1"])
@pytest.mark.parametrize("kind", SERVICES)
def test_addresses_are_those_that_clients_have(region: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    session = Session(region=region)

    made = {str(session.client(service).meta.endpoint_url) for service in SERVICES[kind]}

    assert made == set(addresses(region, SERVICES[kind]))


def test_a_service_whose_endpoint_is_named_is_asked_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SERVICE_CATALOG", "https://vpce-1.example.com")

    assert ["https://vpce-1.example.com", "https://sts.eu-central-1.amazonaws.com"] == list(
        addresses("eu-central-1", ["servicecatalog", "sts"])
    )
