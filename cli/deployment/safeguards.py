"""What is looked at before Pulumi runs: launches that failed, and launches that would lose what they need."""

from typing import Final

from cli.catalog.files import FOLDER
from cli.errors import NotReachedError
from cli.launched import launches_seen
from cli.stacks import engine, published_contract, trusts_for, wanted_launches
from cli.verbs import stacks
from fleet.plan.hub_parts import CatalogParts
from fleet.run.preparation import Kept, Preparation, kept_by, prepare, refuse_to_remove_roles
from fleet.show.account_launches import AccountLaunch, in_lines
from fleet.show.ending_versions import ending_versions
from fleet.store.locations import states_at
from fleet.store.states import State
from fleet.store.storage import backend_url
from hub.config import HubSettings
from shared.aws.session import AccountSession
from shared.catalog.contract import Contract
from shared.catalog.lifecycle import as_of
from shared.errors import CatalogError, ContractError
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings
from spoke.launches.resolution import resolve_launches

_GO_ON: Final = "If they may stay behind so, run it again with --acknowledge-launches."


def prepared(stack: str) -> Preparation:
    """Prepare a run of a spoke: what failed when it was launched is replaced, and roles in use are not deleted.

    Raises:
        CatalogError: the state or the account cannot be read, or a role would go that a launch needs.
    """
    state = _state_of(stack)
    if state is None:
        return Preparation()
    settings = settings_of(SpokeSettings, stack)
    return prepare(stack, state, settings, _kept(settings, stack) if state.roles else None)


def refuse_to_strand(stack: str) -> None:
    """Refuse to destroy a spoke whose roles launches need that it does not declare.

    Raises:
        CatalogError: names them; or the state or the account cannot be read.
    """
    state = _state_of(stack)
    if stack not in stacks() or state is None or not state.roles:
        return
    settings = settings_of(SpokeSettings, stack)
    kept = _kept(settings, stack)
    regions = {settings.region, *(kept.regions if kept else ()), *(each.region for each in state.launched.values())}
    account = AccountSession(settings, where=f"Pulumi.{stack}.yaml")
    refuse_to_remove_roles(stack, state, state.roles, account, regions - {""})


def refuse_to_end_versions(stack: str) -> None:
    """Refuse to retire a version that launches run which no stack declares: nobody would tell who runs them.

    Raises:
        NotReachedError: names them.
        CatalogError: contract or accounts cannot be read.
    """
    if users := _users_of_ending_versions(stack):
        raise NotReachedError(
            f"would retire versions that launches run which no stack declares. Nothing was changed. Have who launched "
            f"them move or terminate them. {_GO_ON}{in_lines(users)}",
            code="version-in-use-undeclared",
            place=stack,
        )


def warn_of_ending_versions(stack: str) -> None:
    """Tell, before a preview of a hub, what its deployment would be refused for. Raises CatalogError."""
    if users := _users_of_ending_versions(stack):
        print(f"warning: {stack} up will be refused: launches that no stack declares run versions that retire:", end="")
        print(in_lines(users), flush=True)


def refuse_to_abandon(stack: str) -> None:
    """Refuse to destroy a hub whose products are launched anywhere.

    Raises:
        NotReachedError: names the launches.
        CatalogError: the accounts cannot be read.
    """
    contract = _contract_of(stack)
    if contract is None:
        return
    products = {product.id for region in contract.regions.values() for product in region.products.values()}
    users = [each for each in launches_seen().launches if each.provisioned.product_id in products]
    if users:
        raise NotReachedError(
            f"{len(users)} launches of its products would lose the hub. Nothing was changed. Off-board the accounts "
            f"first: model-catalog spoke off-board. {_GO_ON}{in_lines(users)}",
            code="hub-in-use",
            place=stack,
        )


def _users_of_ending_versions(stack: str) -> list[AccountLaunch]:
    contract = _contract_of(stack)
    if contract is None:
        return []
    try:
        settings = settings_of(HubSettings, stack)
    except CatalogError:
        return []  # the program refuses them, and says why
    ending = ending_versions(settings, CatalogParts(FOLDER, as_of()), contract.model_dump(mode="json"))
    if not ending:
        return []
    return [each for each in launches_seen().undeclared if (each.original_key, each.version) in ending]


def _state_of(stack: str) -> State | None:
    return states_at(backend_url(), engine()).read(stack)


def _kept(settings: SpokeSettings, stack: str) -> Kept | None:
    """Say what a run keeps; None where it will be refused, which the program says better."""
    where = f"Pulumi.{stack}.yaml"
    try:
        contract = published_contract(settings.hub_stacks, trusts_for(settings, stack))
        wanted = wanted_launches(settings, contract, stack)
        resolved = resolve_launches(wanted.settings, contract, as_of(), where=where, origins=wanted.origins)
        return kept_by(settings, contract, resolved, where=where)
    except CatalogError:
        return None


def _contract_of(stack: str) -> Contract | None:
    """Read what a hub published; None where it was never deployed. Raises CatalogError."""
    try:
        return published_contract([stack], ())
    except ContractError as problem:
        if problem.code == "catalog-not-exported":
            return None
        raise
