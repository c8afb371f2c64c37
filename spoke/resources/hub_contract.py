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
from shared.stack.names import CATALOG_OUTPUT, PUBLISHED_OUTPUT, short_name

CONTRACT_OUTPUT: Final = "contract"
"""The spoke's output that says which contract it was deployed with."""


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
    found = await asyncio.gather(*(_read(stack, trusts, first=stack == stacks[0]) for stack in stacks))
    contracts = {stack: published for stack, (published, _) in zip(stacks, found, strict=True)}
    for stack, published in contracts.items():
        refuse_older(stack, published, (before or {}).get(short_name(stack), ""))
    days = [day for _, day in found]
    return PublishedContract(
        whole=merge(contracts),
        on=None if None in days else min(day for day in days if day),
        issued={short_name(stack): each.signature.issued for stack, each in contracts.items() if each.signature},
    )


async def _read(stack: str, trusts: Sequence[Trust], *, first: bool) -> tuple[Contract, dt.date | None]:
    # The engine ends the program at once where the stack is unknown, so the remedy has to be said beforehand;
    # the reference bears the setting's name, because the engine's message shows it.
    pulumi.log.info(f"Catalog: {stack} (hubStack in Pulumi.{pulumi.get_stack()}.yaml; deployed by make up-hub)")
    name = "hubStack" if first else f"hubStack-{short_name(stack)}"
    reference = pulumi.StackReference(name, stack_name=stack)
    published = admit(trusts, await _output(reference, CATALOG_OUTPUT), stack)
    published_on = (await reference.get_output_details(PUBLISHED_OUTPUT)).value
    return published, day_of(published_on, source=stack)


async def _issued_before() -> Mapping[str, str]:
    """Give when the contract was signed that this stack was deployed with last, from its own outputs."""
    own = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    found: dict[str, dict[str, str]] | None = await _output(
        pulumi.StackReference("deployed-before", stack_name=own), CONTRACT_OUTPUT
    )
    return (found or {}).get("issued") or {}


async def _output(reference: pulumi.StackReference, name: str) -> Any:  # noqa: ANN401 - a stack's output
    details = await reference.get_output_details(name)
    return details.value if details.secret_value is None else details.secret_value
