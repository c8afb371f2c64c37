"""The settings of a spoke stack."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Final, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field

from shared.aws.arn import Arn, ObjectUri, PolicyArn, TopicArn
from shared.between_fields import between_fields
from shared.catalog.versions import VersionOrRange
from shared.errors import Mistake
from shared.secret_value import Secret, SecretValue
from shared.stack.hub_pin import HubPin
from shared.stack.names import HUB_PROJECT
from shared.stack.principals import Grant
from shared.stack.settings import AccountSettings
from shared.validation import Key, Region, SettingsDocument, TagKey, TagValue

_LONGEST_VALUE: Final = 4096
"""Characters of a parameter's value (source: CloudFormation User Guide, "Quotas")."""
_VALUE: Final = "a text, a number, a truth value, a list of them, or a secret"


def _text(value: Any) -> Any:  # noqa: ANN401 - whatever YAML made of a parameter's value
    """Write a parameter's value as CloudFormation takes it: text, and lists joined by commas."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        items: list[Any] = [_text(item) for item in cast("list[Any]", value)]
        for index, item in enumerate(items):
            if isinstance(item, str) and "," in item:
                raise Mistake(
                    f"invalid value {item!r}, which CloudFormation reads as several: it divides a list at its commas. "
                    f"Write each as an item of its own.",
                    code="item-with-a-comma",
                    place=f"[{index}]",
                )
        if any(isinstance(item, Secret) for item in items):
            return Secret.joined([item if isinstance(item, Secret) else str(item) for item in items])
        return ",".join(str(item) for item in items)
    if isinstance(value, str | Secret):
        return value
    raise Mistake(
        f"invalid value {'nothing' if value is None else 'a map'}. Expected {_VALUE}, for example ml.m5.large.",
        code="invalid-value",
    )


def _not_too_long(value: str | Secret) -> str | Secret:
    """Refuse what CloudFormation would, without telling a value that may be a secret."""
    plain = value.plain if isinstance(value, Secret) else value
    if plain is not None and len(plain) > _LONGEST_VALUE:
        raise Mistake(
            f"has {len(plain)} characters. CloudFormation takes {_LONGEST_VALUE} of a parameter's value. Shorten it.",
            code="parameter-too-long",
        )
    return value


ParameterValue = Annotated[
    str | SecretValue,
    BeforeValidator(_text),
    AfterValidator(_not_too_long),
    Field(
        description=_VALUE,
        examples=["ml.m5.large"],
    ),
]


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

    name: Annotated[
        str,
        Field(
            pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$",
            description="letters, digits, dots, hyphens and underscores, at most 128",
            examples=["fraud-scoring"],
        ),
    ]
    product: Key
    version: VersionOrRange
    portfolio: Key | None = None
    region: Region | None = None
    # Whoever has to delete the only line below `parameters:` may leave that.
    parameters: Annotated[dict[str, ParameterValue], BeforeValidator(lambda given: {} if given is None else given)] = {}
    own_model: OwnModel | None = None
    timeout: Minutes = "30m"
    tags: dict[TagKey, TagValue] = Field(
        default={}, max_length=48, description="at most 48 tags of text", examples=["{team: risk}"]
    )
    notifications: list[TopicArn] = Field(default=[], max_length=5, description="a list of at most five topics")


_PARAMETERS: Final = re.compile(r"launches\[\d+\]\.parameters\.[^.]+")


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
        launches: The provisioned products.
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

    def hub_references(self, organization: str) -> list[str]:
        """Name the hub's stacks in full, for stack references."""
        return [name if "/" in name else f"{organization}/{HUB_PROJECT}/{name}" for name in self.hub_stacks]

    @property
    def has_secrets(self) -> bool:
        """Whether a launch has a parameter that is encrypted."""
        return any(isinstance(value, Secret) for launch in self.launches for value in launch.parameters.values())

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
    def _principals_are_of_the_account(self) -> Iterator[Mistake]:
        for index, access in enumerate(self.principals):
            if access.arn and Arn.parse(access.arn).account != self.account_id:
                yield Mistake(
                    f"invalid value {access.arn!r}, which is not of the account {self.account_id}. Name a principal of "
                    f"this account.",
                    code="principal-of-another-account",
                    place=f"principals[{index}].arn",
                )
