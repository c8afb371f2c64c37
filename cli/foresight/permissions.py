"""What changes of the roles that a spoke makes: right by right, whatever statements they stand in."""

from collections.abc import Iterator, Mapping
from typing import Any

from pages.foresight.shapes import PermissionChange
from shared.catalog.contract import Policy, Product, Role


def permission_changes(before: Mapping[str, Product], after: Mapping[str, Product]) -> Iterator[PermissionChange]:
    """Say what the roles of products may do more, and what no longer.

    Args:
        before: The products whose roles are made, by key.
        after: Those whose roles would be made.
    """
    earlier = {product.original_key: product for product in before.values()}
    for key, product in after.items():
        old = earlier.pop(product.original_key, None)
        for role, was in (
            (product.launch_role, old and old.launch_role),
            (product.execution_role, old and old.execution_role),
        ):
            if found := _changed(role.name, key, was, role):
                yield found
    for product in earlier.values():
        for role in (product.launch_role, product.execution_role):
            if found := _changed(role.name, product.original_key, role, None):
                yield found


def _changed(name: str, product: str, before: Role | None, after: Role | None) -> PermissionChange | None:
    old, new = (_rights(role) if role else set[str]() for role in (before, after))
    if old == new:
        return None
    what = "made" if before is None else "removed" if after is None else "changed"
    return PermissionChange(role=name, product=product, what=what, added=sorted(new - old), removed=sorted(old - new))


def _rights(role: Role) -> set[str]:
    return {*_allowed(role.policy), *(f"may be assumed by {service}" for service in role.services)}


def _allowed(policy: Policy) -> Iterator[str]:
    for statement in _listed(policy.get("Statement")):
        about = [("", each) for each in _listed(statement.get("Action"))]
        about += [("all but ", each) for each in _listed(statement.get("NotAction"))]
        on = [str(each) for each in _listed(statement.get("Resource"))]
        on += [f"all but {each}" for each in _listed(statement.get("NotResource"))]
        denied = "" if statement.get("Effect") == "Allow" else "not "
        condition = _condition(statement.get("Condition") or {})
        for word, action in about:
            for resource in on:
                yield f"{denied}{word}{action} on {resource}{condition}"


def _condition(condition: Mapping[str, Any]) -> str:
    tests = [
        f"{operator} {key} {', '.join(map(str, _listed(value)))}"
        for operator, keys in sorted(condition.items())
        for key, value in sorted(keys.items())
    ]
    return f" where {' and '.join(tests)}" if tests else ""


def _listed(node: Any) -> list[Any]:  # noqa: ANN401 - a part of a policy
    return [] if node is None else list(node) if isinstance(node, list) else [node]  # pyright: ignore[reportUnknownArgumentType] - likewise
