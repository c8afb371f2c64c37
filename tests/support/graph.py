"""What a program declares, written down to be compared with a file: its golden graph.

A resource stands below its parent, with what the engine gets to know of it: what it waits for (but for what one of
those waits for anyway), protection, the properties with rules of their own, time limits, inputs. Policies and other
texts of JSON are written as the documents that they are, and a digest of a file as `#`.

After a wanted change, `python -m pytest -n0 --snapshot-update tests/hub/test_graphs.py` (likewise spoke and
organization) writes the files anew; what git then shows is what changes in AWS.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final, cast

import pulumi
import yaml
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.support.recorder import Call, Mocks, Resource, unknown

_DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")
_OUR_PROVIDER: Final = "$pulumi:providers:aws::account::account-id"
"""As the mocks know the one provider of each program."""
_SHORT: Final = 90
_LONG: Final = 3000
"""Characters; a longer text of JSON has tests of its own, and only its keys are written."""


class GraphFile(SingleFileSnapshotExtension):
    """Keeps a graph in a YAML file of its own, named after the test."""

    _write_mode = WriteMode.TEXT
    file_extension = "yaml"


def graph(mocks: Mocks, *, beside: Mocks | None = None, without: Collection[str] = ()) -> str:
    """Write what a program declared, asked and put out.

    Args:
        mocks: The record of its run.
        beside: Another run; then only what is not declared there, or not so, is written.
        without: Outputs to leave out.
    """
    tree = declared(mocks, beside)
    if not beside:
        tree["asks"] = [_question(call) for call in mocks.calls]
        tree["outputs"] = {key: _plain(value) for key, value in mocks.exports.items() if key not in without}
    return yaml.dump(tree, Dumper=_Dumper, width=120, allow_unicode=True)


def declared(mocks: Mocks, beside: Mocks | None = None) -> dict[str, Any]:
    """Give the resources that a program declared, each below its parent."""
    there = {resource.urn: _facts(resource, beside) for resource in beside.resources} if beside else {}
    tree: dict[str, Any] = {}
    nodes: dict[str, dict[str, Any]] = {}
    for resource in mocks.resources:
        facts = _facts(resource, mocks)
        nodes[resource.urn] = {} if facts == there.get(resource.urn) else facts
        siblings = nodes.get(resource.parent, tree)
        assert _name(resource) not in siblings
        siblings[_name(resource)] = nodes[resource.urn]
    if missing := sorted(_short(urn) for urn in there.keys() - nodes.keys()):
        tree["not declared"] = missing
    return _without_empty(tree) if beside else tree


class _Dumper(yaml.SafeDumper):
    """Writes what is short on one line, so that a change shows as one line."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:  # noqa: ANN401, FBT001 - as in yaml
        return super().represent_mapping(tag, mapping, flow_style=_is_short(mapping, flow_style))

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:  # noqa: ANN401, FBT001 - as in yaml
        return super().represent_sequence(tag, sequence, flow_style=_is_short(sequence, flow_style))


def _is_short(value: object, usual: bool | None) -> bool:  # noqa: FBT001 - as in yaml
    return bool(usual) or len(str(value)) < _SHORT


def _facts(resource: Resource, mocks: Mocks) -> dict[str, Any]:
    """List what the engine gets to know of a resource, where it is not the usual."""
    is_usual = resource.provider.endswith(_OUR_PROVIDER) or not resource.type.startswith("aws:")
    facts = {
        "waits for": sorted(map(_short, resource.dependencies - _anyway(resource, mocks))),
        "protect": resource.protect,
        "retain on delete": resource.retain_on_delete,
        "ignore changes": resource.ignore_changes,
        "replace on changes": resource.replace_on_changes,
        "timeouts": " ".join(sorted({*resource.timeouts})),
        "provider": "" if is_usual else resource.provider or "none",
        "never completed": resource.type.startswith("modelcatalog:") and resource.urn not in mocks.completed,
        "inputs": _plain(resource.inputs),
    }
    return {key: value for key, value in facts.items() if value}


def _question(call: Call) -> dict[str, Any]:
    """Write a call of a function; those of the provider that is not ours are marked."""
    own = {} if call.provider.endswith(_OUR_PROVIDER) else {"provider": call.provider or "none"}
    return {call.token.rpartition(":")[2]: _plain(call.arguments), **own}


def _anyway(resource: Resource, mocks: Mocks) -> set[str]:
    """List what the dependencies of a resource wait for."""
    return set[str]().union(*(mocks.before(known) for known in mocks.resources if known.urn in resource.dependencies))


def _name(resource: Resource) -> str:
    """Name a resource by its token, as short as Pulumi itself accepts it, and its logical name."""
    return f"{re.sub('/[^:]*', '', resource.type)} {resource.name}"


def _short(urn: str) -> str:
    """Shorten a URN to class and name."""
    kind, _, name = urn.rpartition("::")
    return f"{kind.rpartition(':')[2]} {name}"


def _plain(value: Any) -> Any:  # noqa: ANN401 - any document
    """Write a value of an input so that a reader sees what it holds."""
    match value:
        case dict():
            return {key: _plain(item) for key, item in cast("dict[str, Any]", value).items()}
        case list():
            return [_plain(item) for item in cast("list[Any]", value)]
        case str() if value.startswith(("{", "[")):
            document = json.loads(value)
            return _plain(document) if len(value) < _LONG else {key: _keys(part) for key, part in document.items()}
        case str():
            return _DIGEST.sub("#", value)
        case pulumi.FileAsset():
            return f"the file {value.path}"
        case _:
            return "not known before the run" if unknown(value) else value


def _keys(part: object) -> object:
    return part if isinstance(part, str) else sorted(cast("dict[str, Any] | list[str]", part))


def _without_empty(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out branches in which nothing is said."""
    shown = {
        key: _without_empty(cast("dict[str, Any]", node)) if isinstance(node, dict) else node
        for key, node in tree.items()
    }
    return {key: node for key, node in shown.items() if node != {}}
