"""The stacks that come before the spokes: the organization's, and the hub's, of which there can be several."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fleet.plan.hub_parts import CatalogParts
from hub.config import HubSettings
from organization.settings import OrganizationSettings
from shared.errors import CatalogError
from shared.stack.names import project_of
from shared.stack.settings import AccountSettings, structured
from shared.stack.stack_file import StackFile, stack_files
from spoke.launches.contract_dependencies import Parts, digest

ORGANIZATION: Final = "organization"
HUBS: Final = "hubs"
"""What a rollout calls its stages before the waves."""

_WITHOUT_EFFECT: Final = frozenset({"registry"})
"""Settings that say how something is asked, and change nothing of what is made."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """A stack that comes before the spokes, as its settings file has it.

    Attributes:
        stack: organization, hub or hub-….
        account: Its account; empty where the file names none that can be read.
        settings: None where they are wrong.
        problem: What is wrong with them, or with the files that it is made from.
        parts: All that its result depends on and that this checkout says, digested part by part.
    """

    stack: str
    account: str
    settings: AccountSettings | None
    problem: str
    parts: Parts

    @property
    def file(self) -> str:
        """The name of its settings file."""
        return f"Pulumi.{self.stack}.yaml"

    @property
    def folder(self) -> str:
        """The folder of its program."""
        return self.stack.partition("-")[0]

    @property
    def project(self) -> str:
        """The project of its program, by which the backend knows it."""
        return project_of(self.stack)

    @property
    def stage(self) -> str:
        """The stage of a rollout that it is run in."""
        return ORGANIZATION if self.stack == ORGANIZATION else HUBS


def read_upstream(root: Path, code: Mapping[str, Parts], catalog: CatalogParts) -> dict[str, Upstream]:
    """Read them in their order: the organization, then the hub's stacks by name; none where none is run from here.

    Args:
        root: The checkout.
        code: The parts that all stacks of a program have in common, by its folder.
        catalog: What the hub's stacks publish.
    """
    first = StackFile(root / f"Pulumi.{ORGANIZATION}.yaml")
    found = [first] if first.path.exists() else []
    return {
        file.stack: read_one(file, root, code, catalog)
        for file in (*found, *sorted(stack_files(root, "hub"), key=lambda each: each.stack))
        if (root / file.stack.partition("-")[0]).is_dir()
    }


def read_one(file: StackFile, root: Path, code: Mapping[str, Parts], catalog: CatalogParts) -> Upstream:
    """Read one of them. What is wrong with it is kept: it concerns no other."""
    try:
        settings = _settings(file)
        parts = {**code[file.stack.partition("-")[0]], **_parts(settings, file.given)}
        if isinstance(settings, HubSettings):
            parts |= catalog.of(settings)
        elif isinstance(settings, OrganizationSettings) and settings.deployers:
            policies = sorted((root / "docs" / "iam").glob("*.json"))
            parts["policies of docs/iam"] = digest({path.name: path.read_text() for path in policies})
    except CatalogError as problem:
        return Upstream(file.stack, file.account, None, str(problem), {})
    return Upstream(file.stack, file.account, settings, "", parts)


def _settings(file: StackFile) -> AccountSettings:
    return file.settings(OrganizationSettings) if file.stack == ORGANIZATION else file.settings(HubSettings)


def _parts(settings: AccountSettings, given: Mapping[str, str]) -> Parts:
    """Digest the settings as they are understood; one that says what holds anyway is as one that is not there."""
    fields = settings.model_dump(mode="json", exclude_defaults=True)
    engine = {key: structured(text) for key, text in given.items() if key.startswith("pulumi:")}
    return {
        f"setting {name}": digest(value) for name, value in {**fields, **engine}.items() if name not in _WITHOUT_EFFECT
    }
