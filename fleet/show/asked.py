"""Which line of which file asks for a launch, and for what of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from fleet.plan.spokes import named
from fleet.plan.verdicts import FleetPlan, Verdict
from shared.documents import parse_tree, read_file
from shared.errors import Mistake
from shared.stack.engine_yaml import EngineLoader
from shared.stack.names import SPOKE_PROJECT
from shared.yaml_lines import line_of, parsed_key
from spoke.launches.origin import KeyOrigin, Origin
from spoke.parameter_sources import Source


@dataclass(frozen=True)
class Lines:
    """The lines of a spoke's own settings."""

    path: Path

    @cached_property
    def _node(self) -> yaml.Node | None:
        try:
            return parse_tree(read_file(self.path), EngineLoader)[0]
        except (OSError, yaml.YAMLError, Mistake):
            return None

    def of(self, found: Origin | KeyOrigin) -> str:
        """Name the file and the line that something stands in."""
        if not found.setting:
            return found.line
        first, *rest = parsed_key(found.setting)
        for config in (("config", f"{SPOKE_PROJECT}:{first}"), ("config", str(first))):
            line = line_of(self._node, (*config, *rest))
            if line > line_of(self._node, ("config",)):
                return f"{found.line}:{line}"
        return found.line


def asked_for(verdict: Verdict, root: Path) -> list[dict[str, Any]]:
    """Give a spoke's launches as plain data: what each is, and who asks for it; nothing where that cannot be said."""
    if verdict.wanted is None:
        return []
    lines, origins = Lines(root / verdict.spoke.file), verdict.wanted.origins
    return [
        {
            "launch": launch.name,
            "product": launch.product,
            "version": launch.version,
            "asked_by": lines.of(origins[launch.name]),
            "entry": origins[launch.name].entry or None,
            "because": origins[launch.name].why or None,
            "keys": {
                key: {"asked_by": lines.of(each), "because": each.why}
                for key, each in sorted(origins[launch.name].keys.items())
            },
            "sources": {name: str(value) for name, value in launch.parameters.items() if isinstance(value, Source)},
        }
        for launch in verdict.wanted.settings.launches
    ]


def asked_in_words(verdict: Verdict, root: Path) -> Iterator[str]:
    """Say the same to a person, with what the spoke leaves out."""
    for each in asked_for(verdict, root):
        because = f" (entry {each['entry']}: {each['because']})" if each["entry"] else ""
        yield f"{each['launch']}: {each['asked_by']}{because}"
        keys: Mapping[str, Mapping[str, str]] = each["keys"]
        yield from (f"  {key}: {found['asked_by']} ({found['because']})" for key, found in keys.items())
        sources: Mapping[str, str] = each["sources"]
        yield from (f"  parameters.{name} takes {source}" for name, source in sources.items())
    yield from verdict.wanted.notes if verdict.wanted else ()


def entries_in_words(plan: FleetPlan) -> Iterator[str]:
    """Say of each launch in launches.yaml how many spokes have it, and which leave it out."""
    platform = plan.inventory.platform
    known = {stack: each.wanted for stack, each in plan.verdicts.items() if each.wanted}
    for index, entry in enumerate(platform.entries):
        for position, launch in enumerate(entry.launches):
            line = platform.line(index, "launches", position)
            having = [
                stack
                for stack, each in known.items()
                if (found := each.origins.get(launch.name)) and found.line == line
            ]
            left = [
                f"{stack} ({out.reason})"
                for stack, each in known.items()
                for out in each.settings.opt_out
                if out.launch == launch.name or out.entry == entry.name
            ]
            out = f"; left out by {named(left)}" if left else ""
            yield f"{line}: {launch.name} ({entry.name}) for {len(having)} of {len(plan.verdicts)} spokes{out}"
