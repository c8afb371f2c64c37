"""Whoever is the role already that settings name does not assume it."""

from collections.abc import Mapping

import pytest
from botocore.exceptions import ClientError

from shared.aws.accounts import Accounts, Way
from shared.aws.caller import (
    CALLER,
    VIEWER,
    caller_at_hand,
    deploying,
    is_session_of,
    refuse_to_change_as_viewer,
    works_as,
)
from shared.aws.session import AccountSession, Session
from shared.errors import ConfigError
from shared.stack.settings import AccountSettings
from tests.support.refused import refused
from tests.support.sandbox.accounts import HUB, MANAGEMENT, RESEARCH
from tests.support.sandbox.process import Sandbox

DEPLOYER = f"arn:aws:iam::{RESEARCH}:role/OrganizationAccountAccessRole"
SETTINGS = AccountSettings(account_id=RESEARCH, region="eu-central-1", assume_role=DEPLOYER)


@pytest.fixture
def as_deployer(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """Sign in as the deployer, as a job of CI does."""
    given = sandbox.assume(DEPLOYER, MANAGEMENT, "job-17")
    monkeypatch.delenv(CALLER)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", given["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", given["SessionToken"])
    caller_at_hand.__globals__["_asked"].cache_clear()
    return given


def test_a_role_may_not_assume_itself(as_deployer: Mapping[str, str], sandbox: Sandbox) -> None:
    """IAM User Guide, "How to use trust policies with IAM roles": a role does not trust itself unless it says so."""
    with pytest.raises(ClientError, match="AccessDenied"):
        sandbox.client_with("sts", dict(as_deployer)).assume_role(RoleArn=DEPLOYER, RoleSessionName="again")


@pytest.mark.usefixtures("as_deployer")
def test_who_is_the_role_already_works_as_it_without_assuming_it() -> None:
    assert works_as(DEPLOYER, region="eu-central-1")
    assert "job-17" in Session(role=DEPLOYER).client("sts").get_caller_identity()["Arn"]
    assert AccountSession(SETTINGS, where="Pulumi.spoke-research.yaml").caller.endswith("/job-17")
    sts = Accounts().sign_in(Way(RESEARCH, DEPLOYER)).client("sts", "eu-central-1")
    assert sts.get_caller_identity()["Arn"].endswith("/job-17")


@pytest.mark.usefixtures("as_deployer")
def test_another_role_has_to_be_assumed_all_the_same() -> None:
    hub = SETTINGS.model_copy(
        update={"account_id": HUB, "assume_role": f"arn:aws:iam::{HUB}:role/OrganizationAccountAccessRole"}
    )

    with refused(ConfigError, "account-without-access") as found:
        AccountSession(hub, where="Pulumi.hub.yaml")

    assert "AccessDenied" in str(found.value)


@pytest.mark.parametrize(
    ("caller", "role", "same"),
    [
        ("arn:aws:sts::1:assumed-role/Deployer/x", "arn:aws:iam::1:role/Deployer", True),
        ("arn:aws:sts::1:assumed-role/Deployer/x", "arn:aws:iam::1:role/teams/ml/Deployer", True),
        ("arn:aws:sts::1:assumed-role/Deployer/x", "arn:aws:iam::2:role/Deployer", False),
        ("arn:aws:sts::1:assumed-role/Deployer/x", "arn:aws:iam::1:role/Deployers", False),
        ("arn:aws-cn:sts::1:assumed-role/Deployer/x", "arn:aws:iam::1:role/Deployer", False),
        ("arn:aws:iam::1:user/Deployer", "arn:aws:iam::1:role/Deployer", False),
        ("arn:aws:sts::1:federated-user/Deployer", "arn:aws:iam::1:role/Deployer", False),
        ("", "arn:aws:iam::1:role/Deployer", False),
    ],
)
def test_a_session_is_told_by_its_account_and_the_name_of_its_role(caller: str, role: str, *, same: bool) -> None:
    assert same is is_session_of(caller, role)


def test_a_users_own_keys_are_asked_nothing(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """They come before all other credentials, and are no role's."""
    monkeypatch.delenv(CALLER)
    before = sandbox.ask("calls").get(MANAGEMENT, {}).get("sts:GetCallerIdentity", 0)

    assert not works_as(DEPLOYER, region="eu-central-1")
    assert before == sandbox.ask("calls").get(MANAGEMENT, {}).get("sts:GetCallerIdentity", 0)


def test_nobody_is_known_where_aws_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever needs the credentials next says what is wrong with them."""
    monkeypatch.delenv(CALLER)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    caller_at_hand.__globals__["_asked"].cache_clear()

    assert not works_as(DEPLOYER, region="eu-central-1")


@pytest.mark.usefixtures("as_deployer")
def test_a_job_that_looks_works_as_the_viewer_and_never_as_the_deployer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the credentials are those of the viewer, and the settings name another role."""
    settings = SETTINGS.model_copy(update={"assume_role": f"arn:aws:iam::{RESEARCH}:role/ModelCatalogDeployer"})
    monkeypatch.setenv(VIEWER, "OrganizationAccountAccessRole")
    caller = AccountSession(settings, where="Pulumi.spoke-research.yaml").caller

    assert caller.endswith("role/OrganizationAccountAccessRole/job-17")
    assert [DEPLOYER] == settings.roles
    assert f"arn:aws:sts::{RESEARCH}:assumed-role/ModelCatalogDeployer/model-catalog" == deploying(
        settings.assume_role, caller
    )
    with refused(ConfigError, "viewer-changes"):
        refuse_to_change_as_viewer()


def test_a_viewer_is_named_without_its_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VIEWER, f"arn:aws:iam::{RESEARCH}:role/ModelCatalogViewer")

    with refused(ConfigError, "viewer-no-name"):
        _ = SETTINGS.roles
    monkeypatch.delenv(VIEWER)
    assert [DEPLOYER] == SETTINGS.roles
    refuse_to_change_as_viewer()
