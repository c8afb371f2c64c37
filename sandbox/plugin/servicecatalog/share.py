"""PortfolioShare and OrganizationsAccess."""

import re
import threading
from typing import Any

from sandbox.plugin.failure import Failure, doing, tolerating
from sandbox.plugin.properties import pick
from sandbox.plugin.schema import REGION, Operation, Resource, each, one_of, optional, outputs, required
from sandbox.plugin.waits import until_gone, wait
from sandbox.plugin.wire import State, Value

from .calls import ACCEPT_LANGUAGE, NOT_FOUND, READ_LIMIT, asked, attempt, call, create, parts_of, send

_LIMIT = 3 * 60
_REST = 15
"""Seconds after each new share, in which the real plug-in lets no other share begin."""
_one_at_a_time = threading.Lock()
_FLAGS = {"SharePrincipals": "sharePrincipals", "ShareTagOptions": "shareTagOptions"}


def _principal(key: str, value: Value) -> str | None:
    if re.fullmatch(r"\d{12}|(o|ou)-[a-z0-9-]+", value) or re.match(
        r"arn:[\w-]+:organizations:.*:(ou|organization)/", value
    ):
        return None
    return (
        f'"{key}" does not look like an OU or organization: "{value}"\n'
        f'"{key}" doesn\'t look like AWS Account ID (exactly 12 digits): "{value}"'
    )


def _same_principal(old: Value, new: Value) -> bool:
    """A read stores the short id of what the program may name by its ARN."""
    return old in (new, new.rsplit("/", 1)[-1])


class PortfolioShare(Resource, of="servicecatalog"):
    """A portfolio shared with an account, a unit or the organization. Its id keeps the principal as it was given."""

    properties = {
        "portfolioId": required(replaces=True),
        "principalId": required(replaces=True, check=_principal, same=_same_principal),
        "type": required(
            replaces=True,
            check=one_of("ACCOUNT", "ORGANIZATION", "ORGANIZATIONAL_UNIT", "ORGANIZATION_MEMBER_ACCOUNT"),
        ),
        **each(optional(kind=bool, default=False), "sharePrincipals", "shareTagOptions", "waitForAcceptance"),
        **ACCEPT_LANGUAGE,
        **REGION,
        **outputs("accepted"),
    }
    title = "Service Catalog Portfolio Share"

    def create(self, op: Operation) -> None:
        new = op.new
        with _one_at_a_time:
            with doing(f"creating {self.title}"):
                answer = create(op, "create_portfolio_share", _LIMIT, **_target(new))
            op.id = f"{new['portfolioId']}:{new['type']}:{new['principalId']}"
            with doing(f"waiting for {self.title} ({op.id}) to be ready"):
                if token := answer.get("PortfolioShareToken"):
                    self._finished(op, token, *(() if new.get("waitForAcceptance") else ("IN_PROGRESS",)))
                else:
                    self._shared(op, op.limit(_LIMIT))
            op.clock.sleep(_REST)

    def read(self, op: Operation) -> State:
        # "readingService" without a space is how the real plug-in writes it
        with doing(f"reading{self.title} ({op.id})"):
            found = self._shared(op, READ_LIMIT)
        return {
            **pick(found, "accepted", "principalId", "type"),
            **{key: found.get(name, False) for name, key in _FLAGS.items()},
            "portfolioId": self._parts(op)[0],
            "waitForAcceptance": op.new.get("waitForAcceptance", False),
        }

    def update(self, op: Operation) -> None:
        with doing(f"updating {self.title} ({op.id})"):
            wished = asked(op, "update_portfolio_share", **_target(op.old))
            flags = op.amended(empty=False, **_FLAGS)
            attempt(
                op, "update_portfolio_share", _LIMIT, **{k: v for k, v in wished.items() if k not in _FLAGS}, **flags
            )

    def delete(self, op: Operation) -> None:
        with _one_at_a_time:
            answer: dict[str, Any] = {}
            with doing(f"deleting {self.title} ({op.id})"), tolerating(NOT_FOUND):
                answer = send(op, "delete_portfolio_share", **_target(op.old))
            with doing(f"waiting for {self.title} ({op.id}) to be deleted"):
                if token := answer.get("PortfolioShareToken"):
                    self._finished(op, token)
                else:
                    until_gone(op.clock, op.limit(_LIMIT), lambda: self._find(op))

    def _parts(self, op: Operation) -> list[str]:
        with doing(f"could not parse ID ({op.id})"):
            return parts_of(op.id, "portfolioID:type:principalID")

    def _finished(self, op: Operation, token: str, *also: str) -> None:
        def look() -> tuple[str, None]:
            return call(op, "describe_portfolio_share_status", PortfolioShareToken=token)["Status"], None

        pending = ("NOT_STARTED", "IN_PROGRESS")
        wait(op.clock, op.limit(_LIMIT), look, pending=pending, target=("COMPLETED", *also))

    def _shared(self, op: Operation, limit: float) -> dict[str, Any]:
        def look() -> tuple[str, dict[str, Any]] | None:
            found = self._find(op)
            return None if found is None else ("COMPLETED" if found["Accepted"] else "IN_PROGRESS", found)

        also = () if op.new.get("waitForAcceptance") else ("IN_PROGRESS",)
        found = wait(op.clock, limit, look, pending=("NOT_STARTED", "IN_PROGRESS"), target=("COMPLETED", *also))
        return found or {}

    def _find(self, op: Operation) -> dict[str, Any] | None:
        portfolio, kind, principal = self._parts(op)
        shares: list[dict[str, Any]] = []
        with tolerating(NOT_FOUND):
            listed = op.pages(
                "servicecatalog", "describe_portfolio_shares", "PortfolioShareDetails", PortfolioId=portfolio, Type=kind
            )
            shares = [share for share in listed if share["PrincipalId"] in principal]
        return shares[0] if len(shares) == 1 else None


def _target(share: State) -> dict[str, Any]:
    kind, principal = share["type"], share["principalId"]
    if kind == "ACCOUNT":
        return {"AccountId": principal}
    node = "ACCOUNT" if kind == "ORGANIZATION_MEMBER_ACCOUNT" else kind
    return {"OrganizationNode": {"Type": node, "Value": principal}}


class OrganizationsAccess(Resource, of="servicecatalog"):
    """Whether the organization lets Service Catalog see its accounts."""

    properties = {"enabled": required(kind=bool, replaces=True)}
    title = "Service Catalog AWS Organizations Access"

    def locate(self, op: Operation) -> None:
        del op
        raise Failure("resource aws_servicecatalog_organizations_access doesn't support import")

    def create(self, op: Operation) -> None:
        op.id = op.provider.account_id
        self._switch(op, on=op.new["enabled"])

    def read(self, op: Operation) -> State:
        def look() -> tuple[str, str]:
            state = call(op, "get_aws_organizations_access_status")["AccessStatus"]
            return state, state

        with doing(f"describing {self.title} ({op.id})", gone=[NOT_FOUND]):
            state = wait(op.clock, _LIMIT, look, pending=("UNDER_CHANGE",), target=("ENABLED", "DISABLED"))
        return {"enabled": state == "ENABLED"}

    def delete(self, op: Operation) -> None:
        self._switch(op, on=not op.old["enabled"])

    def _switch(self, op: Operation, *, on: bool) -> None:
        with doing(f"{'enabling' if on else 'disabling'} {self.title} ({op.id})"):
            call(op, "enable_aws_organizations_access" if on else "disable_aws_organizations_access")
