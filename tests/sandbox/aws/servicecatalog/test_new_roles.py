"""IAM's delay: for some seconds nobody but IAM knows a role that was made just now."""

import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.support.sandbox.accounts import HUB, RESEARCH
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import running, trust_service_catalog
from tests.support.sandbox.setup import ADMINISTRATOR, Setup, policy

pytestmark = pytest.mark.sandbox_only
TRUST = policy(
    {"Effect": "Allow", "Principal": {"Service": "servicecatalog.amazonaws.com"}, "Action": "sts:AssumeRole"},
    {"Effect": "Allow", "Principal": {"AWS": RESEARCH}, "Action": "sts:AssumeRole"},
)


def new_role(setup: Setup) -> str:
    iam = setup.sandbox.client("iam", RESEARCH)
    made = iam.create_role(RoleName=setup.name, AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName=setup.name, PolicyName="p", PolicyDocument=policy(ADMINISTRATOR))
    return made["Role"]["Arn"]


def test_a_launch_by_a_role_of_a_moment_ago_ends_in_error(setup: Setup) -> None:
    """IAM User Guide, "Troubleshoot IAM": changes are not always immediately visible."""
    setup.role(HUB, setup.name)
    setup.constrain("LAUNCH", LocalRoleName=setup.name)
    setup.open()
    with setup.sandbox.standing_still():
        new_role(setup)
        record = setup.research.provision_product(
            ProductId=setup.product, ProvisioningArtifactId=setup.version, ProvisionedProductName=setup.name
        )["RecordDetail"]
    failed = setup.settled(record["ProvisionedProductId"])

    assert record["Status"] == "CREATED"
    assert failed["Status"] == "ERROR"
    assert "Access denied while assuming the role" in failed["StatusMessage"]
    assert setup.terminated(failed["Id"])
    assert setup.launch()["Status"] == "AVAILABLE"


def test_nobody_knows_it_yet_in_the_words_that_the_provider_waits_for(setup: Setup, api_error: Expect) -> None:
    """Terraform provider, constraint.go and principal_portfolio_association.go: "profile does not exist"."""
    portfolio = setup.local_portfolio()
    setup.open()
    setup.take_over(portfolio)
    with setup.sandbox.standing_still():
        role = new_role(setup)
        order = {"PortfolioId": portfolio, "ProductId": setup.product, "Type": "LAUNCH"}
        with api_error("InvalidParametersException", "Access denied while assuming the role"):
            setup.research.create_constraint(**order, Parameters=json.dumps({"RoleArn": role}))
        with api_error("InvalidParametersException", f"Principal {role} is not valid: profile does not exist"):
            setup.grant(arn=role)
        with api_error("AccessDenied", "sts:AssumeRole"):
            setup.sandbox.assume(role, RESEARCH)
    setup.grant(arn=role)

    assert setup.research.create_constraint(**order, Parameters=json.dumps({"RoleArn": role}))
    assert setup.sandbox.assume(role, RESEARCH)


def test_one_can_tell_how_old_a_role_is(setup: Setup) -> None:
    """Both times are of the sandbox's clock: the role's, and that of the answer."""
    new_role(setup)
    found = setup.sandbox.client("iam", RESEARCH).get_role(RoleName=setup.name)
    now = parsedate_to_datetime(found["ResponseMetadata"]["HTTPHeaders"]["date"])

    assert 0 <= (now - found["Role"]["CreateDate"]).total_seconds() < 3600


@pytest.fixture
def at_once(tmp_path: Path) -> Iterator[Setup]:
    with running(tmp_path, "--iam-seconds", "0") as started:
        trust_service_catalog(started)
        yield Setup(started)


def test_the_delay_can_be_switched_off(at_once: Setup) -> None:
    with at_once.sandbox.standing_still():
        role = new_role(at_once)
        assert at_once.sandbox.assume(role, RESEARCH)
