"""What macros and custom resources answer: code of the user's, which the sandbox does not run, said in a file.

The file is YAML. Under `custom_resources`, by type or logical id, stands what the function behind it would answer:
`Data` for Fn::GetAtt, and `PhysicalResourceId` for Ref. Under `macros`, by name, stands what takes the place of the
fragment that a macro is given; of a whole template the named resources, outputs and so on.
"""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from sandbox.aws.inputs import checked

CUSTOM: Final = "AWS::CloudFormation::CustomResource"


class CustomResourceAnswer(BaseModel):
    """What the function of a custom resource responds."""

    model_config = ConfigDict(extra="forbid")

    PhysicalResourceId: str | None = None
    Data: dict[str, Any] = {}


class Answers(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")

    custom_resources: dict[str, CustomResourceAnswer] = {}
    macros: dict[str, Any] = {}

    def of_resource(self, kind: str, logical_id: str) -> CustomResourceAnswer | None:
        return self.custom_resources.get(logical_id) or self.custom_resources.get(kind)


given = Answers()
"""Those of this process."""


def is_custom(kind: str) -> bool:
    """Whether a function of the user's builds resources of the type."""
    return kind == CUSTOM or kind.startswith("Custom::")


def use(raw: object, where: str) -> Answers:
    """Take over answers in the place of those before.

    Raises:
        InputError: they have another shape.
    """
    found = checked(Answers, raw or {}, where)
    given.custom_resources, given.macros = found.custom_resources, found.macros
    return given
