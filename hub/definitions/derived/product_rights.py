"""The launch role of a product beside what the templates of its versions take."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Final, cast

from pydantic import BaseModel, ConfigDict, Field

from hub.definitions.derived.comparison import LaunchRole, taken_by_nothing
from hub.definitions.derived.derivation import derived_rights
from hub.definitions.derived.rights import DerivedRights, Right, merged
from hub.definitions.derived.statements import Statement, is_derived, statements_of
from hub.definitions.lifecycle import Life, Lifecycle
from hub.definitions.marks import is_said, mark
from hub.definitions.permissions import LONGEST, packaged_files_statements
from hub.definitions.template_rights import template_excesses
from hub.definitions.templates import Template, read_template
from hub.definitions.yaml_file import read_document, read_json
from shared.aws.allowed import Holder
from shared.aws.policies import launch_policy, render
from shared.aws.rights import Excess, excesses, service_excesses
from shared.errors import ContentError
from shared.stack.names import execution_role_name
from shared.validation import Key

_ACCOUNT: Final = "222233334444"
_END: Final = ("delete", "read")
"""What launches of a retired version still take: they can be terminated, and nothing else."""
_IMAGE: Final = re.compile(r"[0-9]{12}\.dkr\.ecr\.")
"""The beginning of an image that a version can declare."""
_ANY_IMAGE: Final = "222233334444.dkr.ecr.eu-central-1.amazonaws.com/any:1"


class _Draft(BaseModel):
    """What of a file counts here: the rest may still have marks."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")


class _Version(_Draft):
    version: str
    released: dt.date
    template: str | dict[str, Any]
    lifecycle: Lifecycle | None = None
    artifacts: dict[str, Any] = {}
    model: dict[str, str | None] | None = None
    model_package: str = ""

    @property
    def file(self) -> str:
        """The template's file, which a command may have written."""
        if isinstance(self.template, str):
            return self.template
        return str(self.template.get("file") or f"{self.version}.yaml")


class _Role(_Draft):
    services: list[str]
    policy: str


class _Product(_Draft):
    key: Key
    original_key: Key | None = Field(default=None)
    first_key: Key | None = None
    launch_policy: str
    execution_role: _Role
    model: dict[str, str | None] | None = None
    versions: list[_Version]


@dataclass(frozen=True)
class ProductRights:
    """A product's launch role and its templates, whatever else of the product is still to be said.

    Attributes:
        folder: The product's.
        file: What its file says, as far as it counts here.
        day: The day whose states of versions count.
    """

    folder: Path
    file: _Product
    day: dt.date

    @property
    def role(self) -> str:
        """The name of the execution role."""
        return execution_role_name(self.original_key)

    @property
    def original_key(self) -> str:
        """The key that roles are called after."""
        return self.file.original_key or self.file.first_key or self.file.key

    @property
    def policy_file(self) -> Path:
        """The file of the launch policy."""
        return self.folder / self.file.launch_policy

    @cached_property
    def statements(self) -> list[Statement]:
        """The statements of the file, derived ones too."""
        return _statements_in(self.policy_file)

    @cached_property
    def templates(self) -> Mapping[str, Template]:
        """The versions' templates by number."""
        return {each.version: read_template(self.folder / each.file) for each in self.file.versions}

    @cached_property
    def derived(self) -> Mapping[str, DerivedRights]:
        """What the launches of each version take, by number."""
        found = dict[str, DerivedRights]()
        for each in self.file.versions:
            state = Life(released=each.released, lifecycle=each.lifecycle).state_on(self.day)
            steps = _END if state == "retired" else ("create", *_END, "update")
            found[each.version] = derived_rights(self.templates[each.version], self.role, steps=steps)
        return found

    @property
    def is_derived(self) -> bool:
        """Whether the file has statements that were derived."""
        return any(map(is_derived, self.statements))

    def policy(self, statements: Sequence[Statement] | None = None) -> dict[str, Any]:
        """Write the role's whole policy, with what the hub adds to the file."""
        return launch_policy(
            [
                *packaged_files_statements(self.templates.values()),
                *(self.statements if statements is None else statements),
            ],
            execution_role=self.role,
            services=self._services,
        )

    @property
    def _services(self) -> list[str]:
        return self.file.execution_role.services

    def brought(self, number: str, region: str) -> dict[str, str]:
        """Give what a version brings in a region, by the parameters that take it."""
        entry = next(each for each in self.file.versions if each.version == number)
        images = [str(each) for each in entry.artifacts.get("images") or ()]
        here = [image for image in images if f".{region}." in image] or images
        brought = {
            "archive": str(entry.artifacts.get("model_data") or ""),
            "package": entry.model_package,
            "image": here[0] if here else "",
            "code": str(entry.artifacts.get("code") or ""),
        }
        names = entry.model or self.file.model or {}
        return {name: brought[kind] for kind, name in names.items() if name and is_said(brought.get(kind, ""))}

    def lacking(self) -> Iterator[tuple[str, Right]]:
        """List what the role lacks, by version: all of it where statements were derived, else what is certain."""
        role = LaunchRole(self.policy())
        for version, derived in self.derived.items():
            for right in merged(role.lacks(derived.rights, every=self.is_derived)):
                if self.is_derived or right.certain:
                    yield version, right

    def unused(self, *, own: bool = False) -> list[str]:
        """List the actions that the file allows and no version takes: of derived statements, or of all."""
        counting = [each for each in self.statements if own or is_derived(each)]
        return taken_by_nothing(counting, self.rights)

    @property
    def rights(self) -> list[Right]:
        """What the launches of all versions take."""
        return [right for each in self.derived.values() for right in each.rights]

    def rewritten(self) -> list[Statement]:
        """Give the file's statements with those that are derived anew; those that people wrote stay before them."""
        own = [each for each in self.statements if not is_derived(each)]
        role = LaunchRole(self.policy(own))
        left = [right for right in self.rights if not role.covers(right)]
        return [*own, *statements_of(left, lambda found: fits_iam([*own, *found], self.role, self._services))]

    def excesses(self, statements: Sequence[Statement]) -> list[Excess]:
        """List what statements and templates hold beyond what all may; images are told where versions declare them."""
        holder = Holder(passable=re.escape(self.role), services=tuple(self.file.execution_role.services))
        found = [*excesses({"Statement": list(statements)}, holder), *service_excesses(holder.services)]
        for version in self.file.versions:
            taking = (version.model or self.file.model or {}).get("image")
            those = template_excesses(self.templates[version.version].body, images=[_ANY_IMAGE], image_parameter=taking)
            found += [each for each in those if each.code != "image-not-declared" or not _IMAGE.match(each.token)]
        return found


def read_product_rights(path: Path, day: dt.date) -> ProductRights:
    """Read what counts of a product by its file.

    Raises:
        ContentError: the file or the launch policy cannot be read.
    """
    return ProductRights(path.parent, read_document(_Product, path), day)


def fits_iam(statements: Sequence[Statement], role: str, services: Sequence[str]) -> bool:
    """Whether IAM takes a launch policy of these statements in any partition, with what the hub adds."""
    policy = launch_policy(statements, execution_role=role, services=services)
    text = render(policy, partition="aws-us-gov", account=_ACCOUNT)
    return len("".join(text.split())) <= LONGEST


def exception_lines(product: str, found: Sequence[Excess]) -> list[str]:
    """Write what the hub's settings have to say for a product to be published; nothing where all of it is listed."""
    tokens = list(dict.fromkeys(each.token for each in found if each.token))
    if not tokens:
        return []
    return [
        "model-catalog-hub:exceptions:",
        f"  - product: {product}",
        "    allow:",
        *(f"      - {json.dumps(token)}" for token in tokens),
        f"    reason: {json.dumps(mark('why the product needs this'))}",
    ]


def _statements_in(path: Path) -> list[Statement]:
    content = read_json(path)
    statements = cast("list[object]", content) if isinstance(content, list) else [None]
    if not all(isinstance(each, dict) for each in statements):
        raise ContentError(
            "is no list of statements. Write one, as in the other products.",
            code="policy-not-readable",
            place=str(path),
        )
    return cast("list[Statement]", statements)
