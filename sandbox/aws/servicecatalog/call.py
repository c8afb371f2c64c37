"""One call: who makes it, where, and on which region's state. And the list of operations that there are."""

import base64
import binascii
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar, cast

from botocore import xform_name

from sandbox.aws.backend import Backend
from sandbox.aws.documents import Json, Value
from sandbox.aws.iam.callers import Caller
from sandbox.aws.servicecatalog import model
from sandbox.aws.servicecatalog.errors import DuplicateResourceException, invalid, not_found
from sandbox.aws.servicecatalog.quotas import room_for

MAX_ARCHIVED: Final = 200
"""Terminated provisioned products whose records stay. Without an end to it, a sandbox that runs for days would grow."""


@dataclass
class RegionState:
    """All accounts' objects of one region, by id. Who may see which is for the rules to say."""

    portfolios: dict[str, model.Portfolio] = field(default_factory=dict[str, model.Portfolio])
    products: dict[str, model.Product] = field(default_factory=dict[str, model.Product])
    constraints: dict[str, model.Constraint] = field(default_factory=dict[str, model.Constraint])
    share_actions: dict[str, model.ShareAction] = field(default_factory=dict[str, model.ShareAction])
    provisioned: dict[str, model.ProvisionedProduct] = field(default_factory=dict[str, model.ProvisionedProduct])
    records: dict[str, model.Record] = field(default_factory=dict[str, model.Record])
    plans: dict[str, model.ProvisionedProductPlan] = field(default_factory=dict[str, model.ProvisionedProductPlan])
    tag_options: dict[str, model.TagOption] = field(default_factory=dict[str, model.TagOption])
    service_actions: dict[str, model.ServiceAction] = field(default_factory=dict[str, model.ServiceAction])
    copies: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    """By token: the product that is copied into, and when that is done."""
    archived: deque[str] = field(default_factory=deque[str])
    """Terminated provisioned products that still have records."""

    def archive(self, provisioned_id: str) -> None:
        """Take a terminated provisioned product away with its plans; its records stay for a while."""
        del self.provisioned[provisioned_id]
        for plan in [plan for plan in self.plans.values() if plan.provision_product_id == provisioned_id]:
            del self.plans[plan.plan_id]
        self.archived.append(provisioned_id)
        if len(self.archived) > MAX_ARCHIVED:
            oldest = self.archived.popleft()
            for record in [record for record in self.records.values() if record.provisioned_product_id == oldest]:
                del self.records[record.record_id]


_DEFAULT_PAGE = 20
T = TypeVar("T")


class _Owned(Protocol):
    account: str


Own = TypeVar("Own", bound=_Owned)


@dataclass
class CatalogBackend(Backend):
    """What all calls of Service Catalog share."""

    regions: dict[str, RegionState] = field(default_factory=lambda: defaultdict(RegionState))
    answered: dict[tuple[str, ...], tuple[Json, Json]] = field(default_factory=dict[tuple[str, ...], tuple[Json, Json]])
    """By idempotency token: the request that was answered, and the answer."""


@dataclass(frozen=True)
class Call:
    """One call of an operation."""

    backend: CatalogBackend
    caller: Caller

    @property
    def account(self) -> str:
        return self.caller.account

    @property
    def region(self) -> str:
        return self.caller.region

    @property
    def state(self) -> RegionState:
        return self.backend.regions[self.region]

    @property
    def now(self) -> datetime:
        return self.backend.clock.now()

    def new_id(self, prefix: str) -> str:
        return self.backend.identifiers.new(prefix, self.account, self.region)

    def own(self, things: Mapping[str, Own], kind: str, thing_id: str | None) -> Own:
        """A thing of the caller's account, by its id."""
        thing = things.get(thing_id or "")
        if thing is None or thing.account != self.account:
            raise not_found(kind, thing_id)
        return thing

    def all_own(self, things: Mapping[str, Own]) -> list[Own]:
        return [thing for thing in things.values() if thing.account == self.account]

    def made(self, kind: type[T], request: Json, /, **more: Value) -> T:
        """A new thing of the caller's, with the request's members as its attributes."""
        known = {
            "account": self.account,
            "region": self.region,
            "created_time": self.now,
            "tags": tags_in(request),
            "user_arn": self.caller.principal,
            "user_arn_session": self.caller.arn,
        }
        known |= {xform_name(member): value for member, value in request.items() if member != "Tags"} | more
        every = fields(cast("Any", kind))
        needed = [each for each in every if each.name in known or each.default is each.default_factory]  # both MISSING
        return kind(**{each.name: known.get(each.name) for each in needed})


Handler = Callable[[Call, Json], object]

operations: dict[str, Handler] = {}
"""The emulated operations by name in snake case; modules add theirs when they are imported."""


def operation(handler: Handler) -> Handler:
    """Register a function under its name: `create_portfolio` is CreatePortfolio."""
    operations[handler.__name__] = handler
    return handler


def page(request: Json, key: str, items: Sequence[object], token: str = "NextPageToken") -> Json:  # noqa: S107
    """The part of a listing that the request asks for, under `key`, and a token if there is more."""
    start = _offset(request.get("PageToken"), len(items))
    end = start + (request.get("PageSize") or _DEFAULT_PAGE)
    more = base64.urlsafe_b64encode(f"after {end}".encode()).decode() if end < len(items) else None
    return {key: items[start:end], token: more}


def _offset(token: str | None, total: int) -> int:
    if not token:
        return 0
    try:
        offset = int(base64.urlsafe_b64decode(token).decode().removeprefix("after "))
    except (binascii.Error, ValueError):
        offset = -1
    if not 0 <= offset <= total:
        raise invalid(f"Invalid page token: {token}")
    return offset


def tags_in(request: Json, key: str = "Tags") -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in request.get(key) or ()}


def attach(held: list[str], kind: str, name: str, bearer: str, quota: tuple[str, int] | None = None) -> None:
    """Associate something with a portfolio, a product or a version."""
    if name in held:
        raise DuplicateResourceException(f"{kind} {name} is already associated with {bearer}")
    if quota:
        room_for(quota[0], len(held), quota[1])
    held.append(name)


def detach(held: list[str], kind: str, name: str) -> None:
    """End an association."""
    if name not in held:
        raise not_found(f"Association of {kind}", name)
    held.remove(name)


def amend(thing: Value, request: Json, *members: str) -> None:
    """Set the attributes of those members that the request has."""
    for member in members:
        if member in request:
            setattr(thing, xform_name(member), request[member])
