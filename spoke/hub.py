"""Reads the hub's contract."""

import datetime as dt
from typing import Any

import pulumi

from shared import contract
from shared.contract import Contract
from shared.names import CATALOG_OUTPUT, PUBLISHED_OUTPUT


async def read_contract(stack: str) -> tuple[Contract, dt.date | None]:
    """Read what a hub published, and on which day it ran last, through a stack reference.

    It is awaited before any resource is declared, so that a spoke is checked as a whole before AWS is touched.

    Args:
        stack: `<organization>/<project>/<stack>`.

    Raises:
        ContractError: what the stack exports cannot be used.
    """
    # The engine ends the program at once where the stack is unknown, so the remedy has to be said beforehand;
    # the reference bears the setting's name, because the engine's message shows it.
    pulumi.log.info(f"Catalog: {stack} (hubStack in Pulumi.{pulumi.get_stack()}.yaml; deployed by make up-hub)")
    reference = pulumi.StackReference("hubStack", stack_name=stack)
    details = await reference.get_output_details(CATALOG_OUTPUT)
    value: Any = details.value if details.secret_value is None else details.secret_value
    published_on: str | None = (await reference.get_output_details(PUBLISHED_OUTPUT)).value
    return contract.parse(value, source=stack), dt.date.fromisoformat(published_on) if published_on else None
