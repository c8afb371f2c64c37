"""launches.yaml: what the platform team asks for in many accounts at once, and what launches there have by default."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, cast

import yaml
from pydantic import AfterValidator, BeforeValidator, Field

from shared.aws.arn import AccountId
from shared.between_fields import between_fields
from shared.collecting import refuse_all
from shared.documents import parse_tree
from shared.errors import ConfigError, Mistake
from shared.validation import Key
from shared.yaml_document import YamlLoader, read_document
from shared.yaml_lines import line_of
from spoke.config import Launch, LaunchTags, Minutes
from spoke.launches.accounts_file import ACCOUNTS_FILE, AccountFacts, LateDocument, content_of, read_accounts_file
from spoke.parameter_values import Parameters

LAUNCHES_FILE: Final = "launches.yaml"

_OVERRIDABLE: Final = "version, timeout, notifications, ownModel, parameters, tags, or one of the last two by name"


class Who(LateDocument):
    """Accounts. Each kind that is named has to fit.

    Attributes:
        units: By path of names or id: accounts in one of them, or below it.
        tags: That the account has: all of them.
        accounts: By id: one of them.
        all: Every account that has a spoke here.
    """

    units: list[str] = Field(default=[], description="a list of units", examples=["[Workloads/Research]"])
    tags: dict[str, str] = Field(default={}, description="tags of accounts", examples=["{tier: gold}"])
    accounts: list[AccountId] = Field(default=[], description="a list of account ids", examples=['["333344445555"]'])
    all: bool = Field(default=False, description="true or false", examples=["true"])

    @between_fields
    def _names_somebody(self) -> Iterator[Mistake]:
        kinds = bool(self.units or self.tags or self.accounts)
        if not kinds and not self.all:
            yield Mistake(
                "names no accounts. Name units, tags or accounts, or write all: true for every spoke.",
                code="entry-for-nobody",
            )
        if kinds and self.all:
            yield Mistake(
                "is true, and there are units, tags or accounts beside it. Remove one.",
                code="entry-for-all",
                place="all",
            )

    @property
    def needs_facts(self) -> bool:
        """Whether something has to be known of an account beside its id."""
        return bool(self.units or self.tags)

    def why(self, account: str, facts: AccountFacts) -> str:
        """Say in words why an account is meant; empty where it is not."""
        unit = facts.unit_within(self.units)
        if (self.units and not unit) or not self.tags.items() <= facts.tags.items():
            return ""
        if self.accounts and account not in self.accounts:
            return ""
        tags = ", ".join(f"{key}={value}" for key, value in self.tags.items())
        return (
            " and ".join(
                [
                    *([f"unit {unit}"] if unit else []),
                    *([f"tags {tags}"] if tags else []),
                    *(["account"] if self.accounts else []),
                ]
            )
            or "all"
        )


class ProductDefaults(LateDocument):
    """What launches have that do not say otherwise.

    Attributes:
        parameters: For each launch whose version has such a parameter.
        tags: For the provisioned product and all that it builds.
        timeout: How long creating, updating and terminating may each take.
    """

    parameters: Parameters = {}
    tags: LaunchTags = {}
    timeout: Minutes | None = None


class Defaults(ProductDefaults):
    """What launches of some accounts have that do not say otherwise, their own included.

    Attributes:
        products: The same for the launches of one product, by its key; it goes before what is for all.
    """

    products: dict[Key, ProductDefaults] = {}


def _overridable(name: str) -> str:
    kind, _, one = name.partition(".")
    if name in ("version", "timeout", "notifications", "ownModel") or (
        kind in ("parameters", "tags") and ("." not in name or one)
    ):
        return name
    raise Mistake(
        f"invalid value {name!r}. Expected {_OVERRIDABLE}, for example parameters.InstanceType. Product, region and "
        f"portfolio would replace the launch: let the spoke opt out, and have a launch of its own.",
        code="override-impossible",
    )


def _listed(value: object) -> object:
    return [cast("object", value)] if isinstance(value, dict) else value


Whom = Annotated[list[Who], BeforeValidator(_listed)]


class Entry(LateDocument):
    """What some accounts get.

    Attributes:
        name: By which a spoke opts out, and plans tell of it.
        for_: Whom it is for: accounts that one of these fits.
        exclude: Whom of these it is not for.
        defaults: What launches there have that do not say otherwise.
        launches: What each of these accounts launches.
        may_override: What a spoke may have otherwise in these launches.
        may_opt_out: Whether a spoke may leave a launch or the entry out.
    """

    name: Key
    for_: Whom = Field(alias="for", min_length=1, description="accounts", examples=["{units: [Workloads]}"])
    exclude: Whom = []
    defaults: Defaults = Field(default_factory=Defaults)
    launches: list[Launch] = []
    may_override: list[
        Annotated[
            str, AfterValidator(_overridable), Field(description=_OVERRIDABLE, examples=["parameters.InstanceType"])
        ]
    ] = []
    may_opt_out: bool = Field(default=True, description="true or false", examples=["false"])

    def why(self, account: str, facts: AccountFacts) -> str:
        """Say in words why an account gets it; empty where it does not."""
        if any(each.why(account, facts) for each in self.exclude):
            return ""
        return next((why for each in self.for_ if (why := each.why(account, facts))), "")

    @between_fields
    def _names_are_unique(self) -> Iterator[Mistake]:
        names = [each.name for each in self.launches]
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Mistake(
                    f"invalid value {name!r}, which another launch has. A provisioned product's name is unique in its "
                    f"account: rename one of them.",
                    code="launch-name-twice",
                    place=f"launches[{index}].name",
                )


def _apart(entries: list[Entry]) -> list[Entry]:
    names = [each.name for each in entries]
    refuse_all(
        Mistake(
            f"two entries have the name {name!r}. Rename one of them.", code="entry-name-twice", place=f"[{index}].name"
        )
        for index, name in enumerate(names)
        if name in names[:index]
    )
    return entries


class LaunchesFile(LateDocument):
    """All of launches.yaml. Without the file every spoke has its own launches, and no others.

    Attributes:
        entries: In their order: of two defaults for one thing, the later one counts.
    """

    entries: Annotated[list[Entry], AfterValidator(_apart)] = []


@dataclass(frozen=True, slots=True)
class Platform:
    """What the platform team's files say.

    Attributes:
        entries: Of launches.yaml.
        accounts: What is known of accounts, by id.
        node: launches.yaml as YAML's composer gives it, for the lines.
        digest: Of the files as they are written; empty where there are none.
    """

    entries: Sequence[Entry] = ()
    accounts: Mapping[str, AccountFacts] = field(default_factory=dict[str, AccountFacts])
    node: yaml.Node | None = None
    digest: str = ""

    @property
    def needs_units(self) -> bool:
        """Whether an entry goes by units."""
        return any(who.units for entry in self.entries for who in (*entry.for_, *entry.exclude))

    @property
    def needs_tags(self) -> bool:
        """Whether an entry goes by tags of accounts."""
        return any(who.tags for entry in self.entries for who in (*entry.for_, *entry.exclude))

    def line(self, *path: str | int) -> str:
        """Say where in launches.yaml something stands, by file and line."""
        return f"{LAUNCHES_FILE}:{line_of(self.node, ('entries', *path))}"


NO_PLATFORM: Final = Platform()


def read_platform(folder: Path) -> Platform:
    """Read launches.yaml and accounts.yaml beside the settings of spokes.

    Raises:
        ConfigError: one of them is wrong; it names the file and the key, what was found and what is wanted.
    """
    accounts, content, digest = read_accounts_file(folder), content_of(folder / LAUNCHES_FILE), platform_digest(folder)
    if content is None:
        return Platform(accounts=accounts, digest=digest)
    file = read_document(LaunchesFile, content, where=LAUNCHES_FILE, error=ConfigError, empty=dict[str, object]())
    node = parse_tree(content, YamlLoader)[0]
    return Platform(entries=file.entries, accounts=accounts, node=node, digest=digest)


def platform_digest(folder: Path) -> str:
    """Digest both files as they are written; empty where there are none. Raises ConfigError."""
    found = [content_of(folder / name) for name in (LAUNCHES_FILE, ACCOUNTS_FILE)]
    if found == [None, None]:
        return ""
    return hashlib.blake2b(repr(found).encode(), digest_size=12).hexdigest()
