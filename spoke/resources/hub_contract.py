"""Reads the hub's contract."""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from shared.catalog.contract import Contract
from shared.catalog.divided_contract import merge
from shared.catalog.publication_day import day_of
from shared.catalog.trust import Trust, admit, refuse_older
from shared.errors import ContractError
from shared.stack.names import CATALOG_OUTPUT, PUBLISHED_OUTPUT, short_name

CONTRACT_OUTPUT: Final = "contract"
"""The spoke's output that says which contract it was deployed with."""

_READ: Final = "pulumi:pulumi:readStackOutputs"
"""What a stack reference asks the engine. As a resource it would keep all that it has read in the spoke's own state:
8 to 12 kB for each product of the catalog, which the engine writes again with every resource (ADR 0049)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedContract:
    """What the hub's stacks published.

    Attributes:
        whole: All of it together.
        on: The day on which the oldest of it was published; None where a hub does not say.
        issued: When each part was signed, by the hub's stack; those that are not signed are left out.
    """

    whole: Contract
    on: dt.date | None
    issued: Mapping[str, str]


async def read_contract(stacks: Sequence[str], trusts: Sequence[Trust]) -> PublishedContract:
    """Read what the hub's stacks published, through stack references.

    It is awaited before any resource is declared, so that a spoke is checked as a whole before AWS is touched.

    Args:
        stacks: Each as `<organization>/<project>/<stack>`; several where the catalog is divided.
        trusts: What each of them has to satisfy.

    Raises:
        ContractError: what a stack exports cannot be used, is not of a hub that is trusted, or does not fit together.
    """
    for trust in trusts:
        for stack in stacks:
            trust.confirm_reference(stack, pulumi.get_organization())
    before = await _issued_before() if any(trust.keys for trust in trusts) else None
    found = await asyncio.gather(*(_read(stack, trusts) for stack in stacks))
    contracts = {stack: published for stack, (published, _) in zip(stacks, found, strict=True)}
    for stack, published in contracts.items():
        refuse_older(stack, published, (before or {}).get(short_name(stack), ""))
    days = [day for _, day in found]
    return PublishedContract(
        whole=merge(contracts),
        on=None if None in days else min(day for day in days if day),
        issued={short_name(stack): each.signature.issued for stack, each in contracts.items() if each.signature},
    )


async def _read(stack: str, trusts: Sequence[Trust]) -> tuple[Contract, dt.date | None]:
    pulumi.log.info(f"Catalog: {stack} ({_where()}; deployed by model-catalog stack up hub)")
    outputs = await _outputs(stack)
    published = admit(trusts, outputs.get(CATALOG_OUTPUT), stack)
    return published, day_of(outputs.get(PUBLISHED_OUTPUT), source=stack)


async def _issued_before() -> Mapping[str, str]:
    """Give when the contract was signed that this stack was deployed with last, from its own outputs."""
    own = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    found: dict[str, dict[str, str]] | None = (await _outputs(own)).get(CONTRACT_OUTPUT)
    return (found or {}).get("issued") or {}


async def _outputs(stack: str) -> Mapping[str, Any]:
    """Give a stack's outputs by the engine's stack reference, in the form that leaves no copy in this stack's state.

    Raises:
        ContractError: the stack is unknown to the backend, or may not be read.
    """
    try:
        found: dict[str, Any] = await pulumi.runtime.invoke_async(_READ, {"name": stack})  # pyright: ignore[reportUnknownMemberType] - untyped in the SDK
    except Exception as problem:  # noqa: BLE001 - the SDK raises no other
        raise ContractError(
            f"{stack} cannot be read: {str(problem).rpartition('returned an error: ')[2]}. Name the hub's stack, let "
            f"this role read its state, and deploy the hub first: model-catalog stack up hub.",
            code="hub-unreadable",
            place=_where(),
        ) from None
    return found["outputs"]


def _where() -> str:
    return f"hubStack in Pulumi.{pulumi.get_stack()}.yaml"
