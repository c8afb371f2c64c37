"""Whom a share reaches, as the organization tells it to those who may read it."""

from pathlib import Path
from typing import Any

import pytest

from hub.config import ShareSetting
from hub.inspection.registry.consumers import Consumer, Consumers
from shared.aws.organization import Organization
from shared.aws.session import Session
from shared.errors import ConfigError
from tests.support.refused import refused
from tests.support.sandbox.accounts import HUB, RESEARCH
from tests.support.sandbox.process import Sandbox, running

OUTSIDE = "999900001111"


@pytest.fixture
def consumers(sandbox: Sandbox) -> Consumers:
    return reading(sandbox, HUB)


def guest(consumers: Consumers, kind: str, target: str | None) -> Consumer:
    return consumers.of(ShareSetting.model_validate({"portfolio": "models", "type": kind, "target": target}))


def test_a_unit_is_found_by_its_path_of_names_and_by_its_id(consumers: Consumers) -> None:
    by_name = guest(consumers, "ORGANIZATIONAL_UNIT", "Workloads/Research")
    assert by_name.path is not None
    *_, organization, root, above, unit = ["", *by_name.path.strip("/").split("/")]
    by_id = guest(consumers, "ORGANIZATIONAL_UNIT", unit)

    assert (consumers.organization, None) == (by_name.organization, by_name.account)
    assert organization == consumers.organization
    assert root.startswith("r-")
    assert above.startswith("ou-")
    assert by_id.path == by_name.path
    assert {} == consumers.unread


def test_an_account_is_below_its_unit(consumers: Consumers) -> None:
    unit = guest(consumers, "ORGANIZATIONAL_UNIT", "Workloads/Research")
    for kind in ("ACCOUNT", "ORGANIZATION_MEMBER_ACCOUNT"):
        account = guest(consumers, kind, RESEARCH)

        assert (RESEARCH, consumers.organization, unit.path) == (account.account, account.organization, account.path)


def test_an_account_outside_has_no_organization(consumers: Consumers) -> None:
    found = guest(consumers, "ACCOUNT", OUTSIDE)

    assert (OUTSIDE, None, None) == (found.account, found.organization, found.path)
    assert {} == consumers.unread, "that it is outside was told"


@pytest.mark.parametrize("target", [None, "o-abcdefghij"])
def test_the_organization_is_the_own_one_or_the_named_one(consumers: Consumers, target: str | None) -> None:
    found = guest(consumers, "ORGANIZATION", target)

    assert (target or consumers.organization) == found.organization
    assert f"{target or consumers.organization}/" == found.path


def test_a_unit_that_is_not_there_is_refused_with_those_that_are(consumers: Consumers) -> None:
    with refused(ConfigError, "unit-unknown", "Pulumi.hub.yaml: shares") as found:
        guest(consumers, "ORGANIZATIONAL_UNIT", "Workloads/Lab")

    assert "'Lab' is not among the units there (Production, Research)" in str(found.value)


def test_who_is_no_delegate_knows_its_organization_and_not_where_accounts_are(tmp_path: Path) -> None:
    """So an account that may be outside is taken to be outside, and a unit to be anywhere in the organization."""
    with running(tmp_path) as sandbox:
        consumers = reading(sandbox, RESEARCH)
        unit = guest(consumers, "ORGANIZATIONAL_UNIT", "Workloads/Research")
        member = guest(consumers, "ORGANIZATION_MEMBER_ACCOUNT", HUB)
        account = guest(consumers, "ACCOUNT", HUB)

    assert (consumers.organization, f"{consumers.organization}/") == (unit.organization, unit.path)
    assert (consumers.organization, f"{consumers.organization}/") == (member.organization, member.path)
    assert (None, None) == (account.organization, account.path)
    assert {
        "the place of Workloads/Research": "AccessDeniedException",
        f"the place of {HUB}": "AccessDeniedException",
    } == consumers.unread


def test_who_may_not_even_read_the_organization_knows_nothing(sandbox: Sandbox) -> None:
    sandbox.post("faults", [{"operation": "organizations:*", "error": "AccessDeniedException", "message": "no"}])
    try:
        consumers = reading(sandbox, HUB)
        found = [guest(consumers, "ORGANIZATION", None), guest(consumers, "ORGANIZATIONAL_UNIT", "Workloads/Research")]
    finally:
        sandbox.post("faults", [])

    assert [(None, None), (None, None)] == [(each.organization, each.path) for each in found]
    assert {"its id": "AccessDeniedException"} == consumers.unread


class As(Session):
    """A session of an account's administrator in the sandbox."""

    def __init__(self, sandbox: Sandbox, account: str) -> None:
        super().__init__()
        self._sandbox = sandbox
        self._account = account

    def client(self, service: str, region: str = "") -> Any:  # noqa: ANN401 - as in Session
        return self._sandbox.client(service, self._account, region or None)


def reading(sandbox: Sandbox, account: str) -> Consumers:
    """Read the organization as an account's administrator."""
    return Consumers(Organization(As(sandbox, account)), where="Pulumi.hub.yaml")
