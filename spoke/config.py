"""The settings of a spoke stack."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from shared.aws.arn import Arn, ObjectUri, PolicyArn, TopicArn
from shared.between_fields import between_fields
from shared.catalog.versions import VersionOrRange
from shared.errors import Mistake
from shared.secret_value import Secret
from shared.stack.hub_pin import HubPin
from shared.stack.names import HUB_PROJECT
from shared.stack.principals import Grant
from shared.stack.settings import AccountSettings
from shared.validation import Key, Region, SettingsDocument, TagKey, TagValue
from spoke.parameter_sources import LaunchName, Source
from spoke.parameter_values import Parameters


def _listed(value: Any) -> Any:  # noqa: ANN401 - whatever YAML made of it
    return [value] if isinstance(value, str) else value


HubStack = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,2}$",
        description="the name of the hub's stack",
        examples=["hub"],
    ),
]
Minutes = Annotated[
    str,
    Field(pattern=r"^[1-9][0-9]{0,3}m$", description="a number of minutes followed by m", examples=["45m"]),
]


def _acknowledged(value: bool) -> bool:  # noqa: FBT001 - pydantic calls it
    if not value:
        raise Mistake(
            "is false. An archive of your own is nobody's responsibility but yours: say acknowledgeNotTheCatalogs: "
            "true, or remove ownModel to run the catalog's.",
            code="own-model-not-acknowledged",
        )
    return value


Topics = Annotated[list[TopicArn], Field(max_length=5, description="a list of at most five topics")]
LaunchTags = Annotated[
    dict[TagKey, TagValue],
    Field(max_length=48, description="at most 48 tags of text", examples=["{team: risk}"]),
]


class OwnModel(SettingsDocument):
    """An archive that a launch runs in place of the one that its version brings.

    Attributes:
        archive: The archive. The product's execution role has to be able to read it.
        acknowledge_not_the_catalogs: Says that nobody approved it, and that it stays when the version moves.
    """

    archive: ObjectUri
    acknowledge_not_the_catalogs: Annotated[
        bool, AfterValidator(_acknowledged), Field(description="true", examples=["true"])
    ]


class Launch(SettingsDocument):
    """A provisioned product that this account wants to have.

    Attributes:
        name: The provisioned product's name, which can never change.
        product: The product's key in the catalog.
        version: The version to run, or a range whose newest version is run.
        portfolio: Through which portfolio; needed where several that it stands in may reach this account.
        region: Where; without it, the stack's own region.
        parameters: Template parameters; what is left out takes the template's default, and the model is the version's.
        own_model: Another model than the version's.
        timeout: How long creating, updating and terminating may each take.
        tags: For the provisioned product and all that it builds.
        notifications: Topics that hear of its stack. Another list replaces the launch.
    """

    name: LaunchName
    product: Key
    version: VersionOrRange
    portfolio: Key | None = None
    region: Region | None = None
    parameters: Parameters = {}
    own_model: OwnModel | None = None
    timeout: Minutes = "30m"
    tags: LaunchTags = {}
    notifications: Topics = []


class Override(SettingsDocument):
    """What a spoke has otherwise in a launch that launches.yaml asks for, as far as the entry there lets it.

    Attributes:
        launch: The launch's name.
        version: In place of the launch's.
        parameters: Those that are otherwise; all others stay.
        own_model: Another model than the version's.
        timeout: In place of the launch's.
        tags: Those that are otherwise; all others stay.
        notifications: In place of the launch's.
    """

    launch: LaunchName
    version: VersionOrRange | None = None
    parameters: Parameters = {}
    own_model: OwnModel | None = None
    timeout: Minutes | None = None
    tags: LaunchTags = {}
    notifications: Topics = []


class OptOut(SettingsDocument):
    """What a spoke does not take of launches.yaml: one launch, or an entry with its launches and its defaults.

    Attributes:
        launch: The launch's name.
        entry: The entry's name.
        reason: Why; `fleet plan` shows it to the platform team.
    """

    launch: LaunchName | None = None
    entry: Key | None = None
    reason: Annotated[
        str, Field(min_length=3, max_length=300, description="a text", examples=["scores in another account"])
    ]

    @between_fields
    def _is_of_one_thing(self) -> Iterator[Mistake]:
        if (self.launch is None) == (self.entry is None):
            yield Mistake(
                "has to name one thing: launch, the name of a launch, or entry, that of an entry of launches.yaml.",
                code="opt-out-of-what",
            )


_PARAMETERS: Final = re.compile(r"(launches|overrides)\[\d+\]\.parameters\.[^.]+")


class SpokeSettings(AccountSettings):
    """What an account takes from the catalog, and what it runs.

    Attributes:
        hub_stacks: The hub's stack, or `<organization>/<project>/<stack>` in full; several of a divided catalog.
        hub: Which hub these stacks have to be of, and who has to have signed what they publish.
        launch_roles: `create` makes the products' roles here; `existing` expects them to be there already.
        permissions_boundary: A policy of this account that limits the roles made here, whatever they are given.
        catalog_tags: `send` hands the tags of portfolio and product over again with each launch, as AWS reports them
            back; `leave` leaves them to AWS, for where it refuses a key that the catalog has set.
        portfolios: Those that this stack sets up in the account, whether it launches from them or not: their roles,
            their share, and who may launch. What it launches from another one uses what another stack set up. Without
            the key, all that it uses; an empty list for none.
        existing_roles: Products whose roles another stack makes, although their portfolio is set up here.
        name_prefix: How the names of all its launches begin, so that no other stack of the account has them.
        principals: Who else may launch.
        launches: The provisioned products; those that launches.yaml asks for come on top.
        overrides: What is otherwise in launches that launches.yaml asks for.
        opt_out: What of launches.yaml the account does not take.
    """

    may_be_secret: ClassVar[re.Pattern[str]] = _PARAMETERS

    hub_stacks: Annotated[list[HubStack], BeforeValidator(_listed)] = Field(
        default=["hub"], alias="hubStack", min_length=1, description="the name of the hub's stack", examples=["hub"]
    )
    hub: HubPin | None = None
    launch_roles: Annotated[
        Literal["create", "existing"], Field(description="create or existing", examples=["create"])
    ] = "create"
    permissions_boundary: PolicyArn | None = None
    catalog_tags: Annotated[Literal["send", "leave"], Field(description="send or leave", examples=["send"])] = "send"
    portfolios: list[Key] | None = Field(default=None, description="a list of portfolios", examples=["[batch]"])
    existing_roles: list[Key] = Field(default=[], description="a list of products", examples=["[embedder]"])
    name_prefix: (
        Annotated[
            str,
            Field(
                pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$",
                description="letters, digits, dots, hyphens and underscores, at most 63",
                examples=["risk-"],
            ),
        ]
        | None
    ) = None
    principals: list[Grant] = []
    launches: list[Launch] = []
    overrides: list[Override] = []
    opt_out: list[OptOut] = []

    def hub_references(self, organization: str) -> list[str]:
        """Name the hub's stacks in full, for stack references."""
        return [name if "/" in name else f"{organization}/{HUB_PROJECT}/{name}" for name in self.hub_stacks]

    @property
    def has_secrets(self) -> bool:
        """Whether a launch has a parameter that is encrypted."""
        given = (each.parameters for each in (*self.launches, *self.overrides))
        return any(isinstance(value, Secret) for parameters in given for value in parameters.values())

    @property
    def has_sources(self) -> bool:
        """Whether a launch has a parameter whose value is elsewhere."""
        given = (each.parameters for each in (*self.launches, *self.overrides))
        return any(isinstance(value, Source) for parameters in given for value in parameters.values())

    def region_of(self, launch: Launch) -> str:
        """Say where a launch runs."""
        return launch.region or self.region

    @between_fields
    def _names_are_unique(self) -> Iterator[Mistake]:
        seen: set[str] = set()
        for index, launch in enumerate(self.launches):
            if launch.name in seen:
                yield Mistake(
                    f"invalid value {launch.name!r}, which another launch has. A provisioned product's name is unique "
                    f"in its account: rename one of them.",
                    code="launch-name-twice",
                    place=f"launches[{index}].name",
                )
            seen.add(launch.name)

    @between_fields
    def _names_begin_as_said(self) -> Iterator[Mistake]:
        for index, launch in enumerate(self.launches):
            if not launch.name.startswith(self.name_prefix or ""):
                yield Mistake(
                    f"invalid value {launch.name!r}, which does not begin with {self.name_prefix} (namePrefix). For "
                    f"example: {self.name_prefix}{launch.name}",
                    code="launch-name-without-prefix",
                    place=f"launches[{index}].name",
                )

    @between_fields
    def _overrides_are_of_different_launches(self) -> Iterator[Mistake]:
        names = [each.launch for each in self.overrides]
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Mistake(
                    f"invalid value {name!r}, which is overridden above already. Put both together.",
                    code="override-twice",
                    place=f"overrides[{index}].launch",
                )

    @between_fields
    def _principals_are_of_the_account(self) -> Iterator[Mistake]:
        for index, access in enumerate(self.principals):
            if access.arn and Arn.parse(access.arn).account != self.account_id:
                yield Mistake(
                    f"invalid value {access.arn!r}, which is not of the account {self.account_id}. Name a principal of "
                    f"this account.",
                    code="principal-of-another-account",
                    place=f"principals[{index}].arn",
                )
