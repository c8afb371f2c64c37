"""Reads the hub's contract."""

from typing import Any

import pulumi

from shared import contract
from shared.contract import Contract
from shared.errors import ContractError
from shared.names import CATALOG_OUTPUT


async def read_contract(stack: str) -> Contract:
    """Read what a hub published, through a stack reference.

    It is awaited before any resource is declared, so that a spoke is checked as a whole before AWS is touched.

    Args:
        stack: `<organization>/<project>/<stack>`.

    Raises:
        ContractError: there is no such stack, or what it exports cannot be used.
    """
    try:
        reference = pulumi.StackReference(stack)
        details = await reference.get_output_details(CATALOG_OUTPUT)
    except Exception as problem:  # noqa: BLE001 - the SDK raises nothing more precise for a failed read
        raise ContractError(
            f"The hub's stack {stack} cannot be read: {' '.join(str(problem).split())}. Check 'hubStack', that hub "
            f"and spoke use one backend, and that the hub was deployed: make up-hub."
        ) from None
    value: Any = details.value if details.secret_value is None else details.secret_value
    return contract.parse(value, source=stack)
