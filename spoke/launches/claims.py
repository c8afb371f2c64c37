"""What a stack has of an account that no second stack can have as well.

Whichever of two stacks is destroyed takes such a thing from the other: a product's roles, an accepted share, somebody's
access to a portfolio, a launch's name. So stacks of one account are told apart by what they would make, and held
against what the others have deployed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from shared.errors import ConfigError
from shared.stack.import_file import ACCEPTING, ACCESS, LAUNCH, ROLE
from shared.stack.principals import Grant
from spoke.config import SpokeSettings
from spoke.launches.portfolios import Place, RolesInUse, Wanted
from spoke.launches.resolution import ResolvedLaunch

Kind = Literal["role", "share", "access", "launch"]

_PERMISSION_SET: Final = re.compile(r"AWSReservedSSO_(.+)_[0-9a-f]{16}")
_SET_UP: Final = "Write portfolios: [], or those that this stack sets up itself"
_REMEDIES: Final[Mapping[Kind, str]] = {
    "role": f"{_SET_UP}, and launch by the roles that are there; or name the product in existingRoles.",
    "share": f"{_SET_UP}: what is launched through others uses what is there.",
    "access": f"{_SET_UP}: what is launched through others uses what is there.",
    "launch": "Give the launch another name; namePrefix keeps the names of two stacks apart.",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One such thing.

    Attributes:
        name: By which AWS tells it from others of its kind.
        region: Empty for what an account has once.
        place: The setting that asks for it, where settings do.
    """

    kind: Kind
    name: str
    region: str = ""
    place: str = field(default="portfolios", compare=False)

    def __str__(self) -> str:
        """Name it to a person."""
        words = {"role": "role", "share": "accepted share of", "access": "access of", "launch": "launch"}
        return f"the {words[self.kind]} {self.name}" + (f" in {self.region}" if self.region else "")


def claims_of(
    settings: SpokeSettings,
    wanted: Mapping[Place, Wanted],
    roles: RolesInUse,
    resolved_launches: Iterable[ResolvedLaunch],
) -> Iterator[Claim]:
    """Say what a run of a stack with these settings would have."""
    for product in roles.made.values():
        for role in (product.launch_role, product.execution_role):
            yield Claim("role", role.name)
    for each in wanted.values():
        if each.own:
            yield from _of_portfolio(settings, each)
    for index, resolved in enumerate(resolved_launches):
        yield Claim("launch", resolved.launch.name, resolved.region, place=f"launches[{index}].name")


def claims_in(resources: Iterable[Mapping[str, Any]]) -> Iterator[Claim]:
    """Say what a stack has, by the resources of its state."""
    for each in resources:
        given: Mapping[str, Any] = each.get("inputs") or {}
        region = str(given.get("region", ""))
        match each["type"]:
            case _ if each.get("delete"):
                pass
            case kind if kind == ROLE:
                yield Claim("role", str(given.get("name", "")))
            case kind if kind == LAUNCH:
                yield Claim("launch", str(given.get("name", "")), region)
            case kind if kind == ACCEPTING:
                parameters: Mapping[str, Any] = given.get("parameters") or {}
                yield Claim("share", str(parameters.get("PortfolioId", "")), region)
            case kind if kind == ACCESS:
                yield access(str(given.get("portfolioId", "")), str(given.get("principalArn", "")), region)
            case _:
                pass


def access(portfolio: str, principal: str, region: str) -> Claim:
    """Give the claim of a principal's access to a portfolio, by its id; a permission set's role is named by the set."""
    role = principal.rpartition("/")[2]
    found = _PERMISSION_SET.fullmatch(role)
    return Claim("access", f"{f'permission set {found[1]}' if found else principal} to {portfolio}", region)


def claimed(claim: Claim, other: str, *, where: str) -> ConfigError:
    """Word that another stack has what this one would have.

    Args:
        claim: What both would have.
        other: The other stack.
        where: This one's settings file.
    """
    return ConfigError(
        f"{claim} is that of {other}, a stack of the same account, and whichever of the two is destroyed would take it "
        f"from the other. {_REMEDIES[claim.kind]}",
        code="claimed-by-another-stack",
        place=f"{where}: {claim.place}",
    )


def _of_portfolio(settings: SpokeSettings, each: Wanted) -> Iterator[Claim]:
    if each.portfolio.is_shared_with(settings.account_id):
        yield Claim("share", each.portfolio.id, each.region)
    guests = [_named(settings.principals[index]) for index in each.guests]
    for principal in [*([settings.assume_role] if settings.assume_role else []), *guests]:
        yield access(each.portfolio.id, principal, each.region)


def _named(grant: Grant) -> str:
    return grant.arn or f"permission set {grant.permission_set}"
