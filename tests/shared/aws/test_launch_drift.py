"""What is told of a launch that is not as its stack deployed it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.aws.launch_drift import LaunchDrift, drift_of
from shared.catalog.version_terms import version_terms
from tests.support.fake_account import denied
from tests.support.launched import FakeCatalog, FakeSession, item
from tests.support.offers import OFFER, read

GIVEN: Mapping[str, str] = {"ModelDataUrl": "s3://models/a.tar.gz", "InstanceCount": "2", "Token": "secret"}
FOUND: Mapping[str, str] = {**GIVEN, "Token": "****", "Label": "none", "Environment": "development"}


@dataclass(frozen=True)
class Deployed:
    """A launch as a stack has it."""

    id: str = "pp-1"
    name: str = "scoring"
    region: str = ""
    artifact_id: str = "pa-scorer-110"
    parameters: Mapping[str, str] | None = field(default_factory=lambda: dict(GIVEN))
    secrets: frozenset[str] = frozenset()


def compared(catalog: FakeCatalog, **changed: Any) -> list[LaunchDrift]:  # noqa: ANN401 - any field of a launch
    """Compare a launch with what an account has."""
    session: Any = FakeSession(catalog)
    return drift_of([Deployed(**changed)], session, "333344445555", version_terms([read(OFFER)]))


def account(found: Mapping[str, str], **changed: object) -> FakeCatalog:
    """Give an account with one launch, whose stack has these parameters."""
    catalog = FakeCatalog([item(**changed)])
    catalog.parameters = dict(found)
    return catalog


def test_a_launch_that_is_as_it_was_deployed_is_not_told() -> None:
    assert [] == compared(account(FOUND))


def test_every_parameter_that_differs_is_told_and_a_default_counts_as_deployed() -> None:
    """An archive and an instance type changed by hand were "0 drifted"."""
    found = {**FOUND, "ModelDataUrl": "s3://models/other.tar.gz", "InstanceCount": "9", "Label": "mine"}

    [drift] = compared(account(found))

    assert [
        ("InstanceCount", "2", "9", True),
        ("Label", "none", "mine", False),
        ("ModelDataUrl", "s3://models/a.tar.gz", "s3://models/other.tar.gz", True),
    ] == [(each.what, each.deployed, each.found, each.given) for each in drift.differences]
    assert "InstanceCount 2 → 9" in str(drift)
    assert "last: update provisioned product (rec-1, SUCCEEDED) on 2026-11-26 09:04 UTC by arn:aws:sts" in str(drift)


def test_what_is_hidden_is_compared_with_nothing() -> None:
    """A fake that shows it all the same must not make it show."""
    assert [] == compared(account({**FOUND, "Token": "another"}))


def test_what_the_settings_keep_secret_is_compared_with_nothing() -> None:
    """Neither what AWS has of it nor the template's default may show."""
    plain = {key: value for key, value in GIVEN.items() if key != "InstanceCount"}

    assert [] == compared(account(FOUND), parameters=plain, secrets=frozenset({"InstanceCount"}))


def test_parameters_that_nobody_can_read_are_a_problem_and_no_difference() -> None:
    [drift] = compared(account(FOUND), parameters=None)

    assert ([], True) == (list(drift.differences), "encrypted in the state" in drift.problem)


def test_another_version_is_told_by_its_number() -> None:
    [drift] = compared(account(FOUND, ProvisioningArtifactId="pa-scorer-100"))

    assert "scoring is not as it was deployed: version 1.1.0 → 1.0.0" in str(drift)


def test_a_version_that_nobody_publishes_has_the_name_that_aws_has() -> None:
    [drift] = compared(
        account(FOUND, ProvisioningArtifactId="pa-x", ProvisioningArtifactName="9.9"), artifact_id="pa-y"
    )

    assert "version pa-y → 9.9" in str(drift)


def test_a_launch_that_is_gone_is_told() -> None:
    assert ["scoring is not in the account any more"] == [str(drift) for drift in compared(FakeCatalog())]


def test_a_launch_that_failed_has_no_stack_to_compare() -> None:
    assert [] == compared(account({}, Status="ERROR", PhysicalId=None))


def test_what_may_not_be_seen_is_told() -> None:
    catalog = account(FOUND)
    session: Any = FakeSession(catalog)

    def refuse(**_: str) -> None:
        raise denied("DescribeStacks")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog, "describe_stacks", refuse)
        [drift] = drift_of([Deployed()], session, "333344445555", {})

    assert "scoring; not compared in full: An error occurred (AccessDeniedException)" in str(drift)
