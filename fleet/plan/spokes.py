"""The spokes of a checkout: one for each Pulumi.spoke-*.yaml."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from fleet.errors import SettingsError
from shared.errors import CatalogError
from shared.spelling import meant
from shared.stack.settings import structured
from shared.stack.stack_file import StackFile, stack_files
from spoke.config import SpokeSettings
from spoke.launches.contract_dependencies import Parts, digest

_PREFIX: Final = "spoke-"
_YOUNGER: Final[Mapping[str, object]] = {"catalog_tags": "send", "portfolios": None, "existing_roles": [], "tags": {}}
"""Settings that are younger than records are; what they are by default is what was always done."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """A spoke as its settings file has it.

    Attributes:
        stack: The stack's name, such as spoke-research.
        account: Its account; empty where the file names none that can be read.
        settings: None where they are wrong.
        problem: What is wrong with them.
        parts: The settings part by part, digested.
    """

    stack: str
    account: str
    settings: SpokeSettings | None
    problem: str
    parts: Parts

    @property
    def file(self) -> str:
        """The name of its settings file."""
        return f"Pulumi.{self.stack}.yaml"


def read_spokes(root: Path) -> dict[str, Spoke]:
    """Read the settings of all spokes, in the order of their names."""
    spokes = [read_spoke(file.path) for file in stack_files(root, "spoke")]
    return {spoke.stack: spoke for spoke in spokes}


def required_spokes(root: Path) -> dict[str, Spoke]:
    """Read the settings of all spokes. Raises SettingsError where there are none."""
    spokes = read_spokes(root)
    if not spokes:
        raise SettingsError(
            "there are no spokes: no file is named Pulumi.spoke-*.yaml. Run the command in the project's folder, or "
            "make one: model-catalog spoke new",
            code="no-spokes",
        )
    return spokes


def read_spoke(path: Path) -> Spoke:
    """Read one spoke's settings. What is wrong with them is kept: it concerns no other spoke."""
    file = StackFile(path)
    try:
        settings = file.settings(SpokeSettings)
    except CatalogError as problem:
        return Spoke(file.stack, file.account, None, str(problem), {})
    return Spoke(file.stack, file.account, settings, "", _parts(settings, file.given))


def matching_spokes(
    spokes: Iterable[str], patterns: Iterable[str], *, where: str, elsewhere: Collection[str] = ()
) -> set[str]:
    """Give the spokes that somebody names, with or without `spoke-`; `*` stands for any text.

    Args:
        spokes: Those that there are.
        patterns: What was named.
        where: The option or setting, for messages.
        elsewhere: Stacks that another repository runs.

    Raises:
        SettingsError: a name fits no spoke.
    """
    known = list(spokes)
    found: set[str] = set()
    for pattern in patterns:
        full = pattern if pattern.startswith(_PREFIX) else f"{_PREFIX}{pattern}"
        fitting = {stack for stack in known if fnmatchcase(stack, full)}
        if not fitting and full in elsewhere:
            raise SettingsError(
                f"invalid value {pattern!r}. Another repository runs {full}, where its settings are: run it there.",
                code="spoke-elsewhere",
                place=where,
            )
        if not fitting:
            raise SettingsError(
                f"invalid value {pattern!r}: no such spoke.{meant(full, known)} The spokes are: "
                f"{named(known, 8) or 'none'}.",
                code="spoke-unknown",
                place=where,
            )
        found |= fitting
    return found


def named(stacks: Iterable[str], most: int = 5) -> str:
    """Name a few of some stacks, and say how many more there are."""
    every = list(stacks)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")


def _parts(settings: SpokeSettings, given: Mapping[str, str]) -> Parts:
    """Digest the settings as they are understood, so that a comment or another order of keys means nothing."""
    fields = settings.model_dump(mode="json")
    launches: list[dict[str, Any]] = fields.pop("launches")
    for name in ("overrides", "opt_out"):
        del fields[name]  # what they come to is part of the launches that launches.yaml asks for
    del fields["hub"]  # it says whose contract is taken, and changes nothing of what is made with it
    del fields["name_prefix"]  # likewise
    for name, usual in _YOUNGER.items():
        if fields[name] == usual:
            del fields[name]
    engine = {key: structured(text) for key, text in given.items() if key.startswith("pulumi:")}
    return {
        **{f"setting {name}": digest(value) for name, value in {**fields, **engine}.items()},
        **{f"launch {launch['name']}": digest(launch) for launch in launches},
    }
