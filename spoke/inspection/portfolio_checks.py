"""Whether the portfolios in use have arrived, and who has access to them."""

from collections.abc import Iterator, Mapping
from typing import Final

from shared.aws.portfolio_principals import imported_portfolios, is_dead, portfolio_principals
from shared.aws.preflight import Finding, failed, warning
from shared.aws.session import AccountSession
from spoke.inspection.scope import PreflightScope
from spoke.launches.portfolios import Wanted

_MOST_PRINCIPALS: Final = 100
"""Of a portfolio (source: Service Catalog Administrator Guide, "Service quotas"; it can be raised)."""


class PortfolioChecks:
    """Checks of the portfolios in use.

    Attributes:
        absent: The ids of those that did not arrive: nothing more can be said of them.
    """

    def __init__(self, scope: PreflightScope, account: AccountSession) -> None:
        self._scope = scope
        self._account = account
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
            return Finding(subject, "shared with this account alone, and accepted")
        if any(share.type == "ACCOUNT" and share.target == self._account.id for share in each.portfolio.shares):
            return Finding(subject, "shared with this account alone; this stack accepts it")
        self.absent.add(each.portfolio.id)
        return failed(
            subject,
            f"not shared with this account. The hub shares it by {', '.join(kinds) or 'nothing'}: ask the platform "
            f"team for a share that reaches {self._account.id}; make shares shows where it has arrived",
        )

    def access(self) -> Iterator[Finding]:
        """Principals of the portfolios."""
        for each in self._scope.wanted.values():
            if each.portfolio.id in self.absent:
                continue
            subject = f"access to {each.key} in {each.region}"
            there = portfolio_principals(self._account, each.portfolio.id, each.region)
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
