"""Where the value of a launch's parameter comes from that stands in no file."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from shared.errors import Mistake
from shared.validation import SettingsDocument

LaunchName = Annotated[
    str,
    Field(
        pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$",
        description="letters, digits, dots, hyphens and underscores, at most 128",
        examples=["fraud-scoring"],
    ),
]

_OF_SECRETS_MANAGER: Final = "/aws/reference/secretsmanager/"


def _has_a_version(name: str) -> str:
    if name.startswith(_OF_SECRETS_MANAGER):
        secret = name.removeprefix(_OF_SECRETS_MANAGER)
        raise Mistake(
            f"invalid value {name!r}, of which AWS tells no version, so nobody sees that it changed. Name the secret "
            f"itself in place of a source: '{{{{resolve:secretsmanager:{secret}}}}}'.",
            code="source-without-version",
        )
    return name


class SsmParameter(SettingsDocument):
    """A parameter of the account's own Parameter Store, in the launch's region.

    Attributes:
        ssm: A parameter of the account's own Parameter Store, in the launch's region; with a version or label after a
            colon, that one.
    """

    # Source: Systems Manager API reference, PutParameter, "Name"; GetParameter, for what may follow it.
    ssm: Annotated[
        str,
        AfterValidator(_has_a_version),
        Field(
            pattern=r"^[A-Za-z0-9_.\-/]{1,1011}(:[A-Za-z0-9_.\-]{1,100})?$",
            description="the name of a parameter of Systems Manager",
            examples=["/network/private-subnets"],
        ),
    ]

    def __str__(self) -> str:
        """Name it to a person."""
        return f"the parameter {self.ssm} of Systems Manager"


class LaunchOutput(SettingsDocument):
    """An output of another launch of the spoke, which is launched before.

    Attributes:
        launch: Another launch of the spoke, which is launched before.
        output: The key of that launch's output, in its template.
    """

    launch: LaunchName
    # Source: CloudFormation User Guide, "Outputs": the logical id.
    output: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9]{1,255}$", description="the key of an output", examples=["EndpointName"]),
    ]

    def __str__(self) -> str:
        """Name it to a person."""
        return f"the output {self.output} of the launch {self.launch}"


class StackOutput(SettingsDocument):
    """An output of another stack of Pulumi's, in the spoke's own backend.

    Attributes:
        stack: Another stack of Pulumi's in the same backend, as `<project>/<stack>`, or with Pulumi's organization in
            front, which Pulumi Cloud needs.
        output: The name of that stack's output.
    """

    stack: Annotated[
        str,
        Field(
            pattern=r"^([A-Za-z0-9._-]+/)?[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$",
            description="a project and a stack",
            examples=["network/production"],
        ),
    ]
    output: Annotated[
        str, Field(min_length=1, max_length=255, description="the name of an output", examples=["privateSubnets"])
    ]

    def __str__(self) -> str:
        """Name it to a person."""
        return f"the output {self.output} of the stack {self.stack}"


class AccountTag(SettingsDocument):
    """A tag that the spoke's account has in the organization, as accounts.yaml tells.

    Attributes:
        account_tag: The key of a tag that the account has in the organization, as accounts.yaml tells.
    """

    account_tag: Annotated[
        str, Field(min_length=1, max_length=128, description="the key of a tag of the account", examples=["team"])
    ]

    def __str__(self) -> str:
        """Name it to a person."""
        return f"the tag {self.account_tag} of the account"


Source = SsmParameter | LaunchOutput | StackOutput | AccountTag

SOURCES: Final[dict[str, type[Source]]] = {
    "ssm": SsmParameter,
    "launch": LaunchOutput,
    "stack": StackOutput,
    "accountTag": AccountTag,
}
"""By the key that tells one from the others."""
