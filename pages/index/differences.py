"""What changes for a user between two versions: `models diff` prints it, and the pages show it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from hub.definitions.artifacts import artifact_statements
from hub.definitions.compatibility import breaking_changes
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from pages.index.facts import costs
from pages.index.metrics import metric_changes
from pages.index.version import Breaking, Change, Difference
from shared.catalog.parameters import Parameter

_Said = tuple[str, str, str]
"""What it is about, its name, and what changed."""

_TAG: Final = "model-catalog:version"


def difference(catalog: Catalog, product: CatalogProduct, old: CatalogVersion, new: CatalogVersion) -> Difference:
    """Compare two versions of a product."""
    return Difference(
        before=old.entry.version,
        after=new.entry.version,
        changes=[
            Change(what=what, name=name, change=change) for what, name, change in _changes(catalog, product, old, new)
        ],
        breaking=[
            Breaking(parameter=name, reason=reason)
            for name, reason in breaking_changes(old.template.parameters, new.template.parameters)
        ],
    )


def parameter_changes(old: Mapping[str, Parameter], new: Mapping[str, Parameter]) -> Iterator[_Said]:
    """Say what changes in the parameters of a template."""
    yield from _compared("parameter", old, new, _parameter_change)


def _changes(catalog: Catalog, product: CatalogProduct, old: CatalogVersion, new: CatalogVersion) -> Iterator[_Said]:
    """Give what changes: parameters, resources, outputs, permissions, model, metrics and cost."""
    yield from parameter_changes(_told(old), _told(new))
    yield from _compared("resource", old.template.resources, new.template.resources, _resource_change)
    yield from _compared("output", old.template.outputs, new.template.outputs, _output_change)
    yield from _permissions(old, new)
    if old.entry.model_package != new.entry.model_package:
        yield "model", "package", f"{_number(old)} → {_number(new)}"
    if old.entry.artifacts.model_data != new.entry.artifacts.model_data:
        yield "model", "archive", f"{old.entry.artifacts.model_data} → {new.entry.artifacts.model_data}"
    for name, change in metric_changes(old, new):
        yield "metric", name, change
    yield from _cost(catalog, product, old, new)


def _told(version: CatalogVersion) -> dict[str, Parameter]:
    """Give the parameters without the defaults that the template hides."""
    return {name: parameter.published() for name, parameter in version.template.parameters.items()}


def _compared(
    what: str, old: Mapping[str, Any], new: Mapping[str, Any], change: Callable[[Any, Any], str | None]
) -> Iterator[_Said]:
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield what, name, "removed"
        elif name not in old:
            yield what, name, f"added{_kind(new[name])}"
        elif (said := change(old[name], new[name])) is not None:
            yield what, name, said


def _kind(item: object) -> str:
    if isinstance(item, Parameter):
        return f", default {item.default!r}" if item.default is not None else ", has to be given"
    kind = item.get("Type") if isinstance(item, Mapping) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - a template's part
    return f", {kind}" if kind else ""


def _parameter_change(old: Parameter, new: Parameter) -> str | None:
    before, after = (item.model_dump(exclude={"description", "constraint_description"}) for item in (old, new))
    said = [f"{key}: {before[key]} → {after[key]}" for key in before if before[key] != after[key]]
    return "; ".join(said) or None


def _resource_change(old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    if old["Type"] != new["Type"]:
        return f"{old['Type']} → {new['Type']}"
    before, after = ({**item, **item.get("Properties", {})} for item in (old, new))
    keys = [key for key in {**before, **after} if key not in ("Properties", "Type")]
    changed = [key for key in keys if _untagged(before.get(key)) != _untagged(after.get(key))]
    return f"changes {', '.join(changed)}" if changed else None


def _output_change(old: object, new: object) -> str | None:
    return None if old == new else "has another value or description"


def _untagged(value: object) -> object:
    """Leave the version's own tag out: it changes every time and means nothing."""
    if isinstance(value, list):
        return [item for item in value if not (isinstance(item, Mapping) and item.get("Key") == _TAG)]  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - a template's part
    return value


def _permissions(old: CatalogVersion, new: CatalogVersion) -> Iterator[_Said]:
    """The policies belong to the product; what differs is what the versions declare as their artifacts."""
    before, after = _pulled(old), _pulled(new)
    for sid, resource in sorted(before - after):
        yield "permission", sid, f"no longer needs {resource}"
    for sid, resource in sorted(after - before):
        yield "permission", sid, f"needs {resource}"


def _pulled(version: CatalogVersion) -> set[tuple[str, str]]:
    statements = artifact_statements([version.entry.artifacts])
    return {(statement["Sid"], resource) for statement in statements for resource in statement["Resource"]}


def _cost(catalog: Catalog, product: CatalogProduct, old: CatalogVersion, new: CatalogVersion) -> Iterator[_Said]:
    after = costs(catalog, product, new)
    for region, before in costs(catalog, product, old).items():
        if region not in after:
            continue
        if before != after[region]:
            yield "cost", region, f"{before} → {after[region]}"


def _number(version: CatalogVersion) -> str:
    return version.entry.model_package.partition(":model-package/")[2]
