"""Service Catalog's trusted access and the hub's delegation: on for the tests, off before the organization's stack."""

from typing import Final

from botocore.exceptions import ClientError

from cli.proving.parties import HUB, MANAGEMENT, Parties
from cli.proving.step import Proof, Step
from cli.proving.sweep import is_gone, until
from organization.settings import SERVICE_PRINCIPAL
from shared.aws.session import code_of

_DELEGATION_SECONDS: Final = 120


class Trust(Step):
    """Turns it on."""

    name = "trust"
    what = "turns on Service Catalog's trusted access and delegates it to the hub, by AWS's own calls"
    undo = "deregister-delegated-administrator, then disable-aws-organizations-access"

    def run(self, proof: Proof) -> None:
        """Do it, and see how soon the hub knows."""
        proof.record.intend(MANAGEMENT, "trusted access", SERVICE_PRINCIPAL)
        proof.client(MANAGEMENT, "servicecatalog").enable_aws_organizations_access()
        _ = until(lambda: _delegated(proof.parties), "the hub to become a delegate", seconds=_DELEGATION_SECONDS)
        proof.fact("trusted access", status_of(proof.parties))
        proof.fact("delegates", len(delegates_of(proof.parties)))


class NoTrust(Step):
    """Turns it off again."""

    name = "no-trust"
    what = "turns both off again, so that the organization's stack finds an organization as it comes"
    undo = "nothing to take back"

    def run(self, proof: Proof) -> None:
        """Do it."""
        end_trust(proof.parties)
        proof.fact("trusted access", status_of(proof.parties))


def status_of(parties: Parties) -> str:
    """Give the status of the trusted access."""
    return parties.client(MANAGEMENT, "servicecatalog").get_aws_organizations_access_status()["AccessStatus"]


def delegates_of(parties: Parties) -> list[str]:
    """List the delegated administrators of Service Catalog."""
    found = parties.client(MANAGEMENT, "organizations").list_delegated_administrators(
        ServicePrincipal=SERVICE_PRINCIPAL
    )
    return [each["Id"] for each in found["DelegatedAdministrators"]]


def _delegated(parties: Parties) -> bool | None:
    """Delegate it to the hub; Organizations may not know at once that there is access."""
    try:
        parties.client(MANAGEMENT, "organizations").register_delegated_administrator(
            AccountId=parties[HUB].account, ServicePrincipal=SERVICE_PRINCIPAL
        )
    except ClientError as problem:
        if code_of(problem) not in ("ConcurrentModificationException", "ConstraintViolationException"):
            raise
        return None
    return True


def end_trust(parties: Parties) -> list[str]:
    """End the hub's delegation and the access, and say what was there to end."""
    ended = list[str]()
    hub = parties[HUB].account
    if hub in delegates_of(parties):
        parties.client(MANAGEMENT, "organizations").deregister_delegated_administrator(
            AccountId=hub, ServicePrincipal=SERVICE_PRINCIPAL
        )
        ended.append("the hub's delegation")
    if status_of(parties) != "DISABLED":
        _ = until(lambda: _disabled(parties), "trusted access to end")
        ended.append("Service Catalog's trusted access")
    return ended


def _disabled(parties: Parties) -> str | None:
    """Turn it off; AWS may not know for a moment that there are no delegates any more."""
    try:
        parties.client(MANAGEMENT, "servicecatalog").disable_aws_organizations_access()
    except ClientError as problem:
        if not is_gone(problem) and code_of(problem) != "InvalidStateException":
            raise
    status = status_of(parties)
    return status if status == "DISABLED" else None
