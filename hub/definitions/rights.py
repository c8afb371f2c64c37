"""Refuses products that could do more than is allowed, but for what the hub's settings except.

Templates of retired versions are left alone: nobody launches or updates them any more.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from hub.config import ExceptionSetting
from hub.definitions.constraints import StackSet
from hub.definitions.model import CatalogProduct
from hub.definitions.template_rights import template_excesses
from shared.aws.allowed import Holder
from shared.aws.rights import Excess, excesses, service_excesses
from shared.errors import ContentError
from shared.stack.names import execution_role_name


def check_rights(product: CatalogProduct, folder: Path, exceptions: Sequence[ExceptionSetting]) -> dict[str, str]:
    """Refuse what goes beyond the list, and give what is excepted of it, with the reasons.

    Args:
        product: The product.
        folder: Its folder.
        exceptions: Those of the hub's settings, for any products.

    Raises:
        ContentError: names all that the product may not do, each with the place.
    """
    allowed = {token: each.reason for each in exceptions if each.product == product.file.key for token in each.allow}
    found = list(_found(product, folder))
    refused = [_with_remedy(each, product.file.key) for each in found if each.token not in allowed]
    if refused:
        first, *others = refused
        more = "".join(f"\n{each.place}: {each.text}" for each in others)
        raise ContentError(f"{first.text}{more}", code=first.code, place=first.place)
    return {token: reason for token, reason in allowed.items() if token in {each.token for each in found}}


def _found(product: CatalogProduct, folder: Path) -> Iterator[Excess]:
    file = product.file
    role = execution_role_name(file.original_key)
    holder = Holder(passable=re.escape(role), services=tuple(file.execution_role.services))
    for name, statements in (
        (file.launch_policy, product.launch_statements),
        (file.execution_role.policy, product.execution_statements),
    ):
        yield from _at(f"{folder / name}", excesses({"Statement": statements}, holder))
    place = f"{folder / 'product.yaml'}"
    yield from _at(f"{place}: execution_role.services", service_excesses(file.execution_role.services))
    for key, constraints in file.places.items():
        for index, constraint in enumerate(constraints):
            if isinstance(constraint, StackSet):
                yield from _at(f"{place}: {file.place_of(key)}[{index}]", _stack_set(constraint))
    for version in product.versions:
        if version.state != "retired":
            images, packaged = version.entry.artifacts.images, version.template.packaged
            found = template_excesses(
                version.template.body,
                images=images,
                image_parameter=product.parameters_of(version).image,
                packaged={each.place for each in packaged.references} if packaged else (),
            )
            yield from _at(str(version.template.path), found)
            for nested in packaged.files() if packaged else ():
                if nested.text:
                    inner = {each.place for each in nested.text.references}
                    found = template_excesses(nested.text.body, images=images, packaged=inner)
                    yield from _at(str(nested.path), found)


def _at(where: str, found: Iterable[Excess]) -> Iterator[Excess]:
    for each in found:
        yield replace(each, place=f"{where}: {each.place}" if each.place else where)


def _stack_set(constraint: StackSet) -> Iterator[Excess]:
    """Launches of a stack set work as these roles, and not as the product's own: AWS's own are administrators."""
    for key, role in (("admin_role", constraint.admin_role), ("execution_role", constraint.execution_role)):
        yield Excess(
            f"launches would work as the role {role}, of which the catalog knows no limits.",
            code="stack-set-role",
            place=key,
            token=role,
        )


def _with_remedy(excess: Excess, product: str) -> Excess:
    if not excess.token:
        return excess
    line = f"exceptions: [{{product: {product}, allow: [{json.dumps(excess.token)}], reason: …}}]"
    return replace(excess, text=f"{excess.text} Where the product needs it, say so in the hub's settings: {line}")
