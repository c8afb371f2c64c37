"""The contract: the one document that the hub exports and its spokes read.

It is made of strings, lists and maps only, because numbers cross a stack reference as floats. It is keyed by
region, since portfolios, products and versions have other ids in each. It holds nothing secret: whoever can
read the hub's state can read it.

The hub fills these models and `publish` writes them; spokes read them by `parse`.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, Literal, cast

from pydantic import Field, ValidationError, field_validator

from shared.catalog.cost import Cost
from shared.catalog.lifecycle import Day, State, state_on
from shared.catalog.model import Model
from shared.catalog.parameters import Parameter
from shared.catalog.part import Part
from shared.catalog.rules import Rule
from shared.catalog.signature import Signature, canonical
from shared.catalog.versions import newest_release
from shared.documents import refuse_deep
from shared.errors import ContractError, Mistake

SCHEMA_VERSION: Final = "1.4"
"""Major and minor. Within a major, fields are only added; a reader refuses another major."""

Policy = dict[str, Any]
"""An IAM policy document; `${Partition}` and `${AccountId}` stand for those of the account that uses it."""


TagUpdates = Literal["ALLOWED", "NOT_ALLOWED"]


class Version(Part):
    """A version of a product: one provisioning artifact, and the model behind it.

    Attributes:
        state: As AWS has it since the hub's last run; the dates may say more by now.
        card: What the model card says in a word: task, framework, modality, license, owner, contact, risk.
        model_package: The ARN in the model registry.
        model: All of the model; None from a hub of a release whose versions did not bring it.
    """

    id: str
    state: State
    deprecated_on: Day | None = None
    retires_on: Day | None = None
    replacement: str | None = None
    reason: str | None = None
    model_package: str | None = None
    model: Model | None = None
    card: dict[str, str] = {}
    cost: Cost | None = None
    released: Day
    description: str
    template_sha256: str
    parameters: dict[str, Parameter]
    rules: dict[str, Rule] = {}

    def state_on(self, day: dt.date) -> State:
        """The version's state on a day: its dates count even where the hub has not run since."""
        return state_on(day, state=self.state, deprecated_on=self.deprecated_on, retires_on=self.retires_on)


class Role(Part):
    """A role that an account needs to launch or to run a product, with the services that may assume it."""

    name: str
    services: list[str]
    policy: Policy


class Offer(Part):
    """What holds for a product in one portfolio; what each means is said of `Product`."""

    tags: dict[str, str]
    rules: dict[str, Rule] = {}
    tag_options: dict[str, list[str]] = {}
    tag_updates: TagUpdates = "ALLOWED"
    stack_set: Literal["true"] | None = None


class Product(Offer):
    """A product, its roles, and its versions by number.

    Attributes:
        portfolio: Where it stands, and where what the product itself says holds.
        portfolios: Where else it stands, and what holds there. A reader that does not know them launches from the
            first one, as before.
        original_key: The key that it was published with for the first time; what is made for it bears that key.
        tags: Those of the product and its portfolio, which AWS puts on whatever is launched from it.
        rules: Those of its template constraint.
        tag_options: Tags that a launch has to have, with the values that each may have.
        stack_set: Launches are deployed as a stack set from the hub's account.
        exceptions: What it may do beyond the list of what all products may, with the hub's reasons.
        actions: What operators of a launch may run on it, by key, each in a sentence.
    """

    id: str
    original_key: str = Field(validation_alias="first_key", serialization_alias="first_key")
    name: str
    portfolio: str
    portfolios: dict[str, Offer] | None = None
    owner: str
    description: str
    exceptions: dict[str, str] | None = None
    actions: dict[str, str] | None = None
    launch_role: Role
    execution_role: Role
    versions: dict[str, Version]

    @cached_property
    def within(self) -> "Mapping[str, Product]":
        """The product as each portfolio that it stands in offers it, the first one first."""
        others = {
            key: self.model_copy(
                update={"portfolio": key, **{name: getattr(offer, name) for name in Offer.model_fields}}
            )
            for key, offer in (self.portfolios or {}).items()
        }
        return {self.portfolio: self, **others}

    def newest_on(self, day: dt.date) -> str | None:
        """The newest version that may be launched on a day; None where there is none."""
        return newest_release(number for number, version in self.versions.items() if version.state_on(day) == "active")


class Share(Part):
    """One share of a portfolio; `target` is an account id, or the id of a unit or of the organization."""

    type: str
    target: str


class Portfolio(Part):
    """A portfolio and how it is shared; `original_key` as a product's."""

    id: str
    original_key: str = Field(validation_alias="first_key", serialization_alias="first_key")
    name: str
    shares: list[Share]

    def may_reach(self, account: str) -> bool:
        """Say whether it may be shared with an account: whether a unit holds the account is known to AWS alone."""
        return any(account == share.target or not share.target.isdigit() for share in self.shares)

    def is_shared_with(self, account: str) -> bool:
        """Say whether it is shared with an account by itself, which then has to accept it."""
        return any(share.type == "ACCOUNT" and share.target == account for share in self.shares)


class RegionCatalog(Part):
    """What the hub offers in one region, by the keys of the catalog's files."""

    portfolios: dict[str, Portfolio]
    products: dict[str, Product]

    @field_validator("portfolios", "products", mode="before")
    @classmethod
    def _original_keys(cls, found: Any) -> Any:  # noqa: ANN401 - whatever a document holds
        """A hub of an older release did not say them, because keys could not change yet."""
        if not isinstance(found, dict):
            return found
        parts = cast("dict[str, Any]", found).items()
        return {
            key: {"first_key": key, **cast("dict[str, Any]", part)} if isinstance(part, dict) else part
            for key, part in parts
        }


class Contract(Part):
    """The whole catalog as a hub published it; `signature` is None where the hub does not sign."""

    schema_version: str
    content_hash: str
    signature: Signature | None = None
    hub_account: str
    regions: dict[str, RegionCatalog]


def publish(hub_account: str, regions: Mapping[str, RegionCatalog | Mapping[str, Any]]) -> dict[str, Any]:
    """Write the contract.

    Args:
        hub_account: The account that owns the portfolios, twelve digits.
        regions: What is offered per region.

    Raises:
        pydantic.ValidationError: what is given in plain values does not fit.
    """
    written = {"schema_version": SCHEMA_VERSION, "content_hash": "", "hub_account": hub_account, "regions": regions}
    plain = Contract.model_validate(written).model_dump(mode="json", exclude_none=True)
    return {**plain, "content_hash": content_hash(plain)}


def signed(document: Mapping[str, Any], signature: Signature) -> dict[str, Any]:
    """Add a signature to a contract. Readers of older versions take it for a part of the content."""
    whole = {**document, "signature": signature.model_dump(mode="json")}
    return {**whole, "content_hash": content_hash(whole)}


def parse(value: object, *, source: str) -> Contract:
    """Read what a hub published.

    Args:
        value: The stack output, or None where the hub has none.
        source: The hub's stack, for messages.

    Raises:
        ContractError: when there is no contract, when its major version is another, when it was altered on
            the way, or when a field is missing.
    """
    place = f"stack {source}"
    if not isinstance(value, Mapping):
        raise ContractError(
            "exports no catalog. Check the spelling of hubStack, and deploy the hub first: model-catalog stack up hub.",
            code="catalog-not-exported",
            place=place,
        )
    document: dict[str, Any] = {str(key): part for key, part in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - pydantic checks it below
    published = str(document.get("schema_version", "(none)"))
    if published.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise ContractError(
            f"publishes catalog version {published}, and this program reads {SCHEMA_VERSION}. Bring hub and spoke to "
            f"the same release, then deploy the hub before the spoke.",
            code="catalog-of-another-version",
            place=place,
        )
    try:
        refuse_deep(document)
        contract = Contract.model_validate(document)
    except Mistake as mistake:
        raise ContractError(
            f"publishes a catalog that is damaged: it {mistake} Deploy the hub again with this release: "
            f"model-catalog stack up hub.",
            code="catalog-damaged",
            place=place,
        ) from None
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        wrong = "is missing" if first["type"] == "missing" else "has an invalid value"
        raise ContractError(
            f"publishes a catalog that is damaged: {key} {wrong}. Deploy the hub again with this release: "
            f"model-catalog stack up hub.",
            code="catalog-damaged",
            place=place,
        ) from None
    for region, catalog in contract.regions.items():
        for key, product in catalog.products.items():
            for missing in [each for each in product.within if each not in catalog.portfolios]:
                raise ContractError(
                    f"publishes a catalog that is damaged: regions.{region}.products.{key}.portfolio names "
                    f"{missing!r}, which is not there. Deploy the hub again with this release: "
                    f"model-catalog stack up hub.",
                    code="catalog-damaged",
                    place=place,
                )
    try:
        fits = contract.content_hash == content_hash(document)
    except TypeError:  # keys of several kinds, which JSON does not have
        fits = False
    if not fits:
        raise ContractError(
            f"publishes a catalog that does not fit its own content hash ({contract.content_hash}): it was altered "
            f"after the hub wrote it. Deploy the hub again: model-catalog stack up hub.",
            code="catalog-altered",
            place=place,
        )
    return contract


def content_hash(document: Mapping[str, Any]) -> str:
    """Give the hash of a contract, of which its own hash is no part."""
    content = {key: part for key, part in document.items() if key != "content_hash"}
    return f"sha256:{hashlib.sha256(canonical(content).encode(errors='surrogatepass')).hexdigest()}"
