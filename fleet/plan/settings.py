"""The settings of the fleet: fleet.yaml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from fleet.errors import SettingsError
from fleet.plan.bake_settings import Bake
from fleet.plan.notifications import Notification
from shared.aws.arn import RoleArn
from shared.between_fields import between_fields
from shared.collecting import refuse_all
from shared.documents import read_file
from shared.errors import Mistake
from shared.stack.hub_pin import HubPin
from shared.validation import FormerName, SettingsDocument
from shared.yaml_document import read_document

FILE: Final = "fleet.yaml"


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _tolerable(text: str) -> str:
    number = text.removesuffix("%")
    if not number.isdecimal() or (text.endswith("%") and int(number) > 100):  # noqa: PLR2004 - that is what a percentage is
        raise Mistake(
            f"invalid value {text!r}. Expected a number of spokes, such as 2, or a share from 0% to 100%.",
            code="invalid-tolerance",
        )
    return text


Tolerance = Annotated[
    str,
    BeforeValidator(_text),
    AfterValidator(_tolerable),
    Field(description="a number of spokes, or a share of the wave's", examples=["2, or 5%"]),
]


class Wave(SettingsDocument):
    """Spokes that are rolled out together, after all waves before them.

    Attributes:
        spokes: By name, with or without `spoke-`; `*` stands for any text.
        units: By path of names or id: spokes whose account is in the unit or below it.
        tags: Of the account: all of them.
        default: All that are in no other wave.
        exclude: Spokes that the wave leaves to others.
        concurrency: How many run at a time; without it, as many as cores and memory allow at the moment.
        tolerance: How many may fail before no other one is begun and the waves after this one stay where they are.
        approve: Whether somebody has to say yes before the wave begins.
        bake: How long a version stays here before it goes on to the next wave, and by what it is judged.
    """

    name: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="lower-case words joined by hyphens", examples=["canary"]
        ),
    ]
    spokes: list[str] = Field(default=[], description="a list of spokes", examples=["[research]"])
    units: list[str] = Field(default=[], description="a list of units", examples=["[Workloads/Research]"])
    tags: dict[str, str] = Field(default={}, description="tags of accounts", examples=["{tier: gold}"])
    default: Annotated[bool, FormerName("others")] = Field(
        default=False, description="true or false", examples=["true"]
    )
    exclude: Annotated[list[str], FormerName("without")] = Field(
        default=[], description="a list of spokes", examples=["[research]"]
    )
    concurrency: Annotated[int | None, Field(ge=1, le=1000, description="a number from 1 to 1000", examples=["8"])] = (
        None
    )
    tolerance: Tolerance = "0"
    approve: bool = Field(default=False, description="true or false", examples=["true"])
    bake: Bake | None = Field(default=None, description="a time, or a map with one", examples=["24h"])

    @between_fields
    def _names_spokes(self) -> Iterator[Mistake]:
        if not (self.spokes or self.units or self.tags or self.default):
            yield Mistake(
                f"the wave {self.name!r} names no spokes. Give it spokes, units or tags, or default: true for all "
                f"spokes that are in no other wave.",
                code="wave-names-no-spokes",
            )

    def tolerated(self, spokes: int) -> int:
        """Give the number of failures that stop nothing, of so many spokes."""
        text = self.tolerance
        return spokes * int(text.removesuffix("%")) // 100 if text.endswith("%") else int(text)


class OrganizationAccess(SettingsDocument):
    """How the list of accounts is read.

    Attributes:
        assume_role: A role that may list them; without it, the credentials of the environment serve.
    """

    assume_role: RoleArn | None = None


class InventoryAccess(SettingsDocument):
    """How it is read what accounts run, whoever launched it.

    Attributes:
        role_name: A role that may look (docs/iam/inventory.json), of this name in every active account of the
            organization; without it, each spoke's `assumeRole` serves, and accounts without a spoke are not looked at.
    """

    role_name: (
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$",
                description="the name of a role",
                examples=["ModelCatalogInventory"],
            ),
        ]
        | None
    ) = None


class ProposalSettings(SettingsDocument):
    """How upgrades are proposed.

    Attributes:
        team_tag: The tag whose value names the team of a spoke: of its settings, or else of its account, as
            accounts.yaml has it. A spoke without it is a team by itself.
    """

    team_tag: str = Field(default="team", min_length=1, max_length=128, description="a tag's key", examples=["team"])


def _apart(waves: list[Wave]) -> list[Wave]:
    names = [wave.name for wave in waves]
    found = [
        Mistake(f"two waves have the name {name!r}. Rename one of them.", code="wave-name-twice")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if sum(wave.default for wave in waves) > 1:
        found.append(
            Mistake(
                "more than one wave has default: true. Only one can take the spokes that are in no other wave.",
                code="two-default-waves",
            )
        )
    refuse_all(found)
    return waves


class FleetSettings(SettingsDocument):
    """All of fleet.yaml. Without the file every spoke is in one wave.

    Attributes:
        hub: Which hub every spoke here has to read, whatever its own settings say.
        hubs: Whether a rollout runs the organization's stack and the hub's too, before the spokes, where they changed.
        records: Where the records of success are kept; without it, beside the state. Pulumi Cloud needs it.
        waves: In the order in which they are rolled out.
        notifications: Who is told how a rollout goes; nobody without it.
        proposals: How upgrades are proposed.
    """

    organization: OrganizationAccess = OrganizationAccess()
    hub: HubPin | None = None
    hubs: bool = Field(default=False, description="true or false", examples=["true"])
    inventory: InventoryAccess = InventoryAccess()
    records: Annotated[
        str | None, Field(description="the address of a folder or bucket", examples=["s3://your-state-bucket"])
    ] = None
    waves: Annotated[list[Wave], AfterValidator(_apart)] = Field(
        default=[Wave(name="all", default=True)],
        min_length=1,
        description="a list of at least one wave",
        examples=["[{name: all, default: true}]"],
    )
    notifications: list[Notification] = Field(
        default=[], max_length=10, description="a list of at most ten to tell", examples=["[{topic: arn:aws:sns:…}]"]
    )
    proposals: ProposalSettings = ProposalSettings()


def read_settings(root: Path) -> FleetSettings:
    """Read fleet.yaml.

    Raises:
        SettingsError: names the key, what was found and what is wanted.
    """
    path = root / FILE
    try:
        content = read_file(path)
    except FileNotFoundError:
        return FleetSettings()
    except OSError as problem:
        raise SettingsError(
            f"cannot be read ({problem.strerror}). Let it be read, or remove it.", code="file-unreadable", place=FILE
        ) from None
    except Mistake as mistake:
        raise SettingsError(str(mistake), code=mistake.code, place=FILE) from None
    return read_document(FleetSettings, content, where=FILE, error=SettingsError, empty=dict[str, object]())
