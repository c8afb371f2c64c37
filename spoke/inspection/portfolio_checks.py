"""Whether the portfolios in use have arrived, and who has access to them."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from shared.aws.portfolio_principals import imported_portfolios, is_dead, portfolio_principals
from shared.aws.preflight import Finding, failed, warning
from shared.aws.session import AccountSession
from spoke.inspection.role_checks import RoleChecks
from spoke.inspection.scope import PreflightScope
from spoke.launches.claims import Claim, access, claimed
from spoke.launches.portfolios import Wanted

_MOST_PRINCIPALS: Final = 100
"""Of a portfolio (source: Service Catalog Administrator Guide, "Service quotas"; it can be raised)."""

_SET_UP: Final = "Deploy the stack that sets the portfolio up here first"


class PortfolioChecks:
    """Checks of the portfolios in use.

    Attributes:
        absent: The ids of those that did not arrive: nothing more can be said of them.
    """

    def __init__(self, scope: PreflightScope, account: AccountSession, roles: RoleChecks) -> None:
        self._scope = scope
        self._account = account
        self._roles = roles
        self.absent: set[str] = set()

    def portfolios(self) -> Iterator[Finding]:
        """Shared portfolios."""
        for region in sorted({region for region, _ in self._scope.wanted}):
            here = imported_portfolios(self._account, region)
            for each in self._scope.wanted.values():
                if each.region == region:
                    yield self._portfolio(each, here)

    def _portfolio(self, each: Wanted, here: Mapping[str, set[str]]) -> Finding:
        subject = f"portfolio {each.key} in {each.region}"
        kinds = sorted({share.type for share in each.portfolio.shares})
        if each.portfolio.id in here["AWS_ORGANIZATIONS"]:
            within = [kind for kind in kinds if kind != "ACCOUNT"]
            return Finding(subject, f"shared with this account by {' or '.join(within) or 'the organization'}")
        if each.portfolio.id in here["IMPORTED"]:
            taken = self._taken(each, Claim("share", each.portfolio.id, each.region))
            return taken or Finding(subject, "shared with this account alone, and accepted")
        if each.portfolio.is_shared_with(self._account.id):
            if each.own:
                return Finding(subject, "shared with this account alone; this stack accepts it")
            self.absent.add(each.portfolio.id)
            return failed(subject, f"shared with this account alone, and not accepted. {_SET_UP}")
        self.absent.add(each.portfolio.id)
        return failed(
            subject,
            f"not shared with this account. The hub shares it by {', '.join(kinds) or 'nothing'}: ask the platform "
            f"team for a share that reaches {self._account.id}; model-catalog hub shares shows where it has arrived",
        )

    def access(self) -> Iterator[Finding]:
        """Principals of the portfolios."""
        for each in self._scope.wanted.values():
            if each.portfolio.id in self.absent:
                continue
            subject = f"access to {each.key} in {each.region}"
            there = portfolio_principals(self._account, each.portfolio.id, each.region)
            yield from self._of_others(each, there)
            dead = [arn for arn in there if is_dead(arn)]
            if dead:
                yield warning(
                    subject,
                    f"{', '.join(dead)}: deleted since it was given access, and counted still. Remove it: make "
                    f"dead-principals",
                )
            text = f"{len(there)} of {_MOST_PRINCIPALS} principals"
            full = len(there) >= _MOST_PRINCIPALS
            yield warning(subject, f"{text}: no room for another") if full else Finding(subject, text)

    def _of_others(self, each: Wanted, there: Sequence[str]) -> Iterator[Finding]:
        """Tell what access another stack of the account has given, or has yet to give."""
        caller = self._account.caller.split("/")
        deployer = next((arn for arn in there if arn.rpartition("/")[2] in caller), "")
        if not each.own:
            # The hub may have shared patterns of names with the portfolio, and they are among the principals.
            if not any(fnmatchcase(part, arn.rpartition("/")[2]) for arn in there for part in caller):
                yield failed(
                    f"access to {each.key} in {each.region}",
                    f"the deploying role, {self._account.caller}, has none. {_SET_UP}, and name the role among its "
                    f"principals",
                )
            return
        asked = [grant.arn for index in each.guests if (grant := self._scope.settings.principals[index]).arn]
        for arn in [deployer, *asked]:
            if arn and arn in there and (taken := self._taken(each, access(each.portfolio.id, arn, each.region))):
                yield taken

    def _taken(self, each: Wanted, claim: Claim) -> Finding | None:
        """Tell that another stack has what this one would have; AWS has it, and says of the roles alone whose it is."""
        deployed = self._scope.deployed
        if not each.own or claim in (deployed or ()):
            return None
        other = self._roles.neighbour(each.key)
        if not other:
            return None
        subject, text = f"portfolio {each.key} in {each.region}", str(claimed(claim, other, where=self._scope.where))
        if deployed is None:
            return warning(subject, f"this stack's own state cannot be looked into, so if this is not its own: {text}")
        return failed(subject, text)
