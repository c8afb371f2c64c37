"""Service actions: what operators of a launch may run on it, without rights of their own in its account.

The forms are those of the Service Catalog API reference, CreateServiceAction.
"""

import json
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from shared.aws.arn import RoleArn
from shared.errors import ContentError, Mistake
from shared.service_limits import aws_text
from shared.validation import Document, Key

MOST_ASSOCIATIONS: Final = 500
"""Resources of a stack, which associates them (source: CloudFormation User Guide, "Quotas")."""


class ServiceAction(Document):
    """A Systems Manager document of type Automation that may be run on a launch of the product.

    Attributes:
        key: Its name in Service Catalog is the product's original key and this.
        document: The name of a document of AWS's or of the hub's account; of one that is shared, the ARN.
        role: Whose rights it runs with: LAUNCH_ROLE is the product's own, in the account of the launch.
        parameters: What whoever runs it gives: TARGET is a resource of the launch, TEXT_VALUE any text.
    """

    key: Key
    description: Annotated[str, aws_text("servicecatalog", "ServiceActionDescription", "what it does", least=1)]
    document: str = Field(
        pattern=r"^(arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:document/)?[a-zA-Z0-9_.-]{3,128}$",
        description="the name or ARN of a document of Systems Manager",
        examples=["AWS-RestartEC2Instance"],
    )
    document_version: str = Field(
        default="1", pattern=r"^([0-9]+|\$DEFAULT|\$LATEST)$", description="a version of the document", examples=["1"]
    )
    role: Literal["LAUNCH_ROLE"] | RoleArn = Field(
        default="LAUNCH_ROLE", description="LAUNCH_ROLE, or the ARN of a role", examples=["LAUNCH_ROLE"]
    )
    parameters: dict[
        Annotated[str, aws_text("servicecatalog", "ExecutionParameterKey", "the name of a parameter of the document")],
        Literal["TARGET", "TEXT_VALUE"],
    ] = Field(
        default={},
        description="the document's parameters, each TARGET or TEXT_VALUE",
        examples=["{InstanceId: TARGET}"],
    )

    @property
    def definition(self) -> dict[str, str]:
        """What Service Catalog keeps of it, by the names of its provider."""
        asked = [{"Name": name, "Type": kind} for name, kind in sorted(self.parameters.items())]
        return {
            "name": self.document,
            "version": self.document_version,
            "assume_role": self.role,
            **({"parameters": json.dumps(asked)} if asked else {}),
        }


def _distinct(actions: list[ServiceAction]) -> list[ServiceAction]:
    keys = [action.key for action in actions]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise Mistake(f"the key {', '.join(twice)} is there twice. Rename one of them.", code="duplicate-action")
    return actions


ServiceActions = Annotated[
    list[ServiceAction],
    AfterValidator(_distinct),
    Field(max_length=25, description="a list of at most 25 service actions"),
]
"""AWS takes 25 for a version (source: AWS General Reference, "Service Catalog quotas")."""


def check_associations(path: Path, actions: list[ServiceAction], versions: int) -> None:
    """Refuse more associations than one stack can hold.

    Args:
        path: The product's file.
        actions: The product's.
        versions: How many it has.

    Raises:
        ContentError: says how many there are.
    """
    found = len(actions) * versions
    if found > MOST_ASSOCIATIONS:
        raise ContentError(
            f"{len(actions)} actions of {versions} versions are {found} associations, and a stack holds "
            f"{MOST_ASSOCIATIONS}. Have fewer actions, or remove retired versions.",
            code="too-many-associations",
            place=f"{path}: actions",
        )
