"""What has to be known of an account before a spoke's run, and that neither the program nor the engine can know.

AWS takes no update of a launch that failed when it was launched, so the engine is told to replace it. And a role that
a launch needs which no stack declares must not go: the engine would delete it, and nobody could end the launch then.
AWS is asked only where the state gives a reason to.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from fleet.errors import FleetError
from fleet.store.states import LaunchedResource, State
from shared.aws.arn import Arn
from shared.aws.provisioned_products import ProvisionedProduct, search_account
from shared.aws.session import AccountSession, code_of
from shared.catalog.contract import Contract
from shared.stack.names import EXECUTION_ROLE, LAUNCH_ROLE, SPOKE_PROJECT
from spoke.config import SpokeSettings
from spoke.launches.portfolios import roles_in_use, wanted_portfolios
from spoke.launches.resolution import ResolvedLaunch

_GONE: Final = "ResourceNotFoundException"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What a run is given on its way.

    Attributes:
        replaced: The URNs of launches to terminate and launch anew.
        notes: What that means, in words.
    """

    replaced: Sequence[str] = ()
    notes: Sequence[str] = ()

    @property
    def options(self) -> list[str]:
        """Say it to Pulumi."""
        return [word for urn in self.replaced for word in ("--replace", urn)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a run leaves in an account.

    Attributes:
        roles: The names of the roles that it makes or keeps.
        regions: Those that something may have been launched in.
        needed: The names of the roles that its launches need, and that it does not make.
    """

    roles: Collection[str]
    regions: Collection[str]
    needed: Collection[str] = ()


def kept_by(
    settings: SpokeSettings, contract: Contract, resolved_launches: Sequence[ResolvedLaunch], *, where: str
) -> Kept:
    """Say what a run with these settings keeps. Raises LaunchError."""
    wanted = wanted_portfolios(settings, contract, list(resolved_launches), where=where)
    made = roles_in_use(settings, contract, wanted, resolved_launches, where=where).made.values()
    roles = {role.name for product in made for role in (product.launch_role, product.execution_role)}
    launched = [each.product for each in resolved_launches]
    needed = {role.name for product in launched for role in (product.launch_role, product.execution_role)}
    return Kept(roles=roles, regions=sorted({*contract.regions, settings.region}), needed=needed - roles)


def prepare(stack: str, state: State | None, settings: SpokeSettings, kept: Kept | None) -> Preparation:
    """Look at the account where the state gives a reason to.

    Args:
        stack: The spoke's.
        state: None for one that was never deployed.
        settings: Those of the spoke.
        kept: None where that is unknown: then the run itself is refused.

    Raises:
        FleetError: the run would delete a role that a launch needs, of the stack or not.
        ConfigError: the account is out of reach.
    """
    doubted = [each for each in state.launched.values() if each.in_doubt and each.id] if state else []
    going = set(state.roles) - set(kept.roles) if state and kept else set[str]()
    if not (doubted or going):
        return Preparation()
    if lost := sorted(going.intersection(kept.needed if kept else ())):
        raise FleetError(
            f"would delete {' and '.join(lost)}, which it made, and which its own launches need. Nothing was changed. "
            f"Leave their product's portfolio in portfolios, and the product out of existingRoles, until the launches "
            f"have ended; likewise launchRoles: create.",
            code="own-roles-in-use",
            place=stack,
        )
    account = AccountSession(settings, where=f"Pulumi.{stack}.yaml")
    if state and kept and going:
        refuse_to_remove_roles(stack, state, going, account, kept.regions)
    failed = [(each, reason) for each in doubted if (reason := _failure(each, account, settings.region)) is not None]
    return Preparation(
        replaced=[each.urn for each, _ in failed],
        notes=[
            f"{each.name} failed when it was launched, and AWS takes no update of it ({reason}). It is terminated and "
            f"launched anew"
            for each, reason in failed
        ],
    )


def refuse_to_remove_roles(
    stack: str, state: State, going: Collection[str], account: AccountSession, regions: Collection[str]
) -> None:
    """Refuse to delete roles that launches need which the stack does not declare.

    Raises:
        FleetError: names the launches.
    """
    own = {each.id for each in state.launched.values()}
    users = list(_users(own, going, account, regions))
    if users:
        named = "".join(
            f"\n  {each.name} ({each.id}) in {each.region}, {each.status}, {_whose(each)}: {role}"
            for each, role in users
        )
        raise FleetError(
            f"would delete roles that launches need which this stack does not declare. Nothing was changed. Have who "
            f"launched them terminate them, or put them into the stack (docs/operations/adopting.md); or keep what "
            f"they need: name their portfolio in portfolios:{named}",
            code="roles-in-use",
            place=stack,
        )


def _users(
    own: Collection[str], going: Collection[str], account: AccountSession, regions: Collection[str]
) -> Iterator[tuple[ProvisionedProduct, str]]:
    """Give the launches that need a role, whose name the launch role's tells: the two of a product end alike."""
    for region in sorted(regions):
        client = account.client("servicecatalog", region)
        for each in search_account(client, account.id, region):
            detail = {} if each.id in own else _described(client, each.id)
            arn = str(detail.get("LaunchRoleArn", ""))
            launch_role = Arn.parse(arn).name if arn else ""
            pair = (launch_role, launch_role.replace(LAUNCH_ROLE, EXECUTION_ROLE, 1))
            if needed := [role for role in pair if role in going]:
                yield each, " and ".join(needed)


def _whose(launched: ProvisionedProduct) -> str:
    stack = launched.tags.get(SPOKE_PROJECT)
    return f"of the stack {stack}" if stack else f"launched by {launched.launched_by}"


def _failure(launched: LaunchedResource, account: AccountSession, region: str) -> str | None:
    """Give AWS's reason where a launch failed when it was launched, and None where it did not.

    One that could not be terminated either is TAINTED, and has no stack that could be updated all the same.
    """
    detail = _described(account.client("servicecatalog", launched.region or region), launched.id)
    if detail.get("Status") not in ("ERROR", "TAINTED") or detail.get("LastSuccessfulProvisioningRecordId"):
        return None
    return " ".join(detail.get("StatusMessage", "AWS gives no reason").split())


def _described(client: Any, identity: str) -> dict[str, Any]:  # noqa: ANN401 - a boto3 client
    """Describe a provisioned product; one that has gone meanwhile has no details."""
    try:
        return client.describe_provisioned_product(Id=identity)["ProvisionedProductDetail"]
    except ClientError as problem:
        if code_of(problem) != _GONE:
            raise
        return {}
