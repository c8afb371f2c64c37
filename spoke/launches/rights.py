"""Refuses to make roles that could do more than is allowed, whoever asks for them.

The contract is data: a hub may be lax, and whoever can write a state can forge one. So a spoke holds the roles in it
against the same list as the hub, and believes an exception only where that leads to no more rights (docs/adr/0027).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from shared.aws.allowed import Holder
from shared.aws.escalation import leads_to_more
from shared.aws.rights import Excess, excesses, service_excesses
from shared.catalog.contract import Product
from shared.errors import ContractError
from shared.stack.names import execution_role_name, launch_role_name

_BELIEVED: Final = re.compile(r"(?P<action>[a-z0-9-]+:[A-Za-z0-9]+)|[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
"""An action by its name, or a service; not that an action on the list goes without its limit."""


def refuse_excessive_roles(products: Mapping[str, Product], *, hub: str) -> None:
    """Refuse products whose roles may do what no product's may.

    Args:
        products: Those whose roles the spoke makes.
        hub: The hub's stack, for messages.

    Raises:
        ContractError: names all that their roles may not do.
    """
    found = [(key, each) for key, product in products.items() for each in role_excesses(product)]
    if found:
        first = found[0][1]
        lines = "".join(f"\n{key}: {each.place}: {each.text}" for key, each in found)
        raise ContractError(
            f"publishes roles that this account does not make. Ask the platform team to take these rights away, or let "
            f"the hub or an administrator make the roles, and set launchRoles to existing:{lines}",
            code=first.code,
            place=f"stack {hub}",
        )


def role_excesses(product: Product) -> Iterator[Excess]:
    """Find in a product's roles what goes beyond the list and what one believes of its exceptions."""
    believed = set(believed_exceptions(product))
    for kind, role, name in (
        ("launch", product.launch_role, launch_role_name(product.original_key)),
        ("execution", product.execution_role, execution_role_name(product.original_key)),
    ):
        if role.name != name:
            yield Excess(
                f"is called {role.name}, and has to be called {name}.",
                code="role-name-not-the-products",
                place=f"{kind} role",
            )
        holder = Holder(
            passable=re.escape(execution_role_name(product.original_key)),
            services=tuple(product.execution_role.services),
        )
        yield from _at(f"{kind} role", excesses(role.policy, holder), believed)
    yield from _at("execution role", service_excesses(product.execution_role.services), believed)


def believed_exceptions(product: Product) -> dict[str, str]:
    """Give the exceptions of the hub's settings that a spoke goes by, with the reasons."""
    written = product.exceptions or {}
    matches = {token: _BELIEVED.fullmatch(token) for token in written}
    return {
        token: written[token]
        for token, match in matches.items()
        if match and not (match["action"] and leads_to_more(token))
    }


def _at(where: str, found: Iterable[Excess], believed: set[str]) -> Iterator[Excess]:
    for each in found:
        if each.token not in believed:
            yield Excess(each.text, code=each.code, place=f"{where} {each.place}".rstrip(), token=each.token)
