"""Reads the hub's contract."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Any

import pulumi

from shared.catalog import contract
from shared.catalog.contract import Contract
from shared.stack.names import CATALOG_OUTPUT, PUBLISHED_OUTPUT


async def read_contract(stacks: Sequence[str]) -> tuple[Contract, dt.date | None]:
    """Read what the hub's stacks published, and on which day the oldest of it was, through stack references.

    It is awaited before any resource is declared, so that a spoke is checked as a whole before AWS is touched.

    Args:
        stacks: Each as `<organization>/<project>/<stack>`; several where the catalog is divided.

    Raises:
        ContractError: what a stack exports cannot be used, or does not fit together.
    """
    found = await asyncio.gather(*(_read(stack, first=stack == stacks[0]) for stack in stacks))
    days = [day for _, day in found]
    oldest = None if None in days else min(day for day in days if day)
    contracts = {stack: published for stack, (published, _) in zip(stacks, found, strict=True)}
    return contract.merge(contracts), oldest


async def _read(stack: str, *, first: bool) -> tuple[Contract, dt.date | None]:
    # The engine ends the program at once where the stack is unknown, so the remedy has to be said beforehand;
    # the reference bears the setting's name, because the engine's message shows it.
    pulumi.log.info(f"Catalog: {stack} (hubStack in Pulumi.{pulumi.get_stack()}.yaml; deployed by make up-hub)")
    name = "hubStack" if first else f"hubStack-{stack.rpartition('/')[2]}"
    reference = pulumi.StackReference(name, stack_name=stack)
    details = await reference.get_output_details(CATALOG_OUTPUT)
    value: Any = details.value if details.secret_value is None else details.secret_value
    published_on = (await reference.get_output_details(PUBLISHED_OUTPUT)).value
    return contract.parse(value, source=stack), contract.day_of(published_on, source=stack)
