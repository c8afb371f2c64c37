"""What model registries approve today: a hub's run deprecates a published version that has lost its approval.

A run asks for each package by itself. Here a registry is asked for all that it approves, a hundred at a time, so that a
plan of hundreds of models takes a moment.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from fleet.plan.hub_parts import APPROVAL, CatalogParts
from hub.config import HubSettings
from shared.aws.arn import Arn
from shared.aws.caller import role_at_work
from shared.aws.session import Session, error_text
from shared.errors import CatalogError
from spoke.launches.contract_dependencies import Parts

WITHDRAWN: Final = "withdrawn"
Registry = tuple[str, str, str]
"""Account and region, and the role that may read it; empty where the credentials at hand do."""


class Approvals:
    """Asks registries, each once, however many stacks of a hub publish from it.

    Attributes:
        unasked: Why a registry could not be asked, in words.
    """

    def __init__(self) -> None:
        self.unasked: dict[str, str] = {}
        self._approved: dict[Registry, frozenset[str] | None] = {}

    def ask(self, hubs: Iterable[tuple[HubSettings, CatalogParts]]) -> None:
        """Ask all registries that the active versions of some stacks are from, side by side."""
        wanted = {
            registry
            for settings, catalog in hubs
            for _, _, package in catalog.active(settings)
            if (registry := _registry_of(settings, package))
        }
        with ThreadPoolExecutor() as workers:
            self._approved.update(zip(wanted, workers.map(self._ask, wanted), strict=True))

    def of(self, settings: HubSettings, catalog: CatalogParts, recorded: Parts) -> Parts:
        """Give a part for each active version that its registry does not approve.

        Of a registry that could not be asked, those that were recorded.
        """
        found: dict[str, str] = {}
        for product, number, package in catalog.active(settings):
            name, registry = f"{APPROVAL}{product} {number}", _registry_of(settings, package)
            approved = self._approved.get(registry) if registry else None
            if approved is None:
                found |= {name: recorded[name]} if name in recorded else {}
            elif package not in approved:
                found[name] = WITHDRAWN
        return found

    def _ask(self, registry: Registry) -> frozenset[str] | None:
        account, region, role = registry
        try:
            session = Session(region=region, role=role or None)
            listed: list[Mapping[str, Any]] = session.pages(
                "sagemaker",
                "list_model_packages",
                "ModelPackageSummaryList",
                region,
                ModelPackageType="Versioned",
                ModelApprovalStatus="Approved",
                MaxResults=100,
            )
        except (BotoCoreError, ClientError, CatalogError) as problem:
            self.unasked[f"{account} in {region}"] = error_text(problem)
            return None
        return frozenset(str(each.get("ModelPackageArn", "")) for each in listed)


def _registry_of(settings: HubSettings, package: str) -> Registry | None:
    """Say where a package is registered, and who may read it there: its reader, or the stack's own role."""
    try:
        arn = Arn.parse(package)
    except ValueError:
        return None  # a run refuses it
    role = settings.registry.assume_role
    if arn.account == settings.account_id and (role is None or Arn.parse(role).account != arn.account):
        role = role_at_work(settings.assume_role)
    return arn.account, arn.region, role or ""


def withdrawn(catalog: CatalogParts, settings: HubSettings, published: Mapping[str, Any]) -> Parts:
    """Give the same as a run found it: what the files say is active, and the contract that it wrote says is not.

    Args:
        catalog: What the files say.
        settings: Of the stack that ran.
        published: The contract, in plain values.
    """
    states = published_states(published, settings.region)
    return {
        f"{APPROVAL}{product} {number}": WITHDRAWN
        for product, number, _ in catalog.active(settings)
        if states.get((product, number), "active") != "active"
    }


def published_states(published: Mapping[str, Any], region: str) -> Mapping[tuple[str, str], str]:
    """Give the state of each version by product and number, as a contract in plain values has it in a region."""
    try:
        products: Mapping[str, Any] = published["regions"][region]["products"]
        return {
            (key, number): str(version["state"])
            for key, product in products.items()
            for number, version in product["versions"].items()
        }
    except (KeyError, TypeError, AttributeError):
        return {}
