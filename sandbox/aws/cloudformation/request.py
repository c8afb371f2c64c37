"""A stack as Service Catalog asks for it, and how that fails."""

import uuid
from dataclasses import dataclass

from sandbox.aws.iam.callers import Caller
from sandbox.aws.limits import TEXT_CHARACTERS


class StackError(Exception):
    """A stack operation failed; the message is the reason that CloudFormation would give."""


class UnresolvedError(StackError):
    """A name that nothing bears once conditions have been looked at."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Template format error: Unresolved resource dependencies [{name}] in the template")
        self.name = name


def cloudformation_refusal(message: str) -> str:
    """What Service Catalog says of a stack that CloudFormation does not begin.

    Source: AWS CLI's example of describe-provisioned-product.
    """
    request = uuid.uuid5(uuid.NAMESPACE_OID, message)
    place = f"Service: AmazonCloudFormation; Status Code: 400; Error Code: ValidationError; Request ID: {request}"
    return f"AmazonCloudFormationException  {message} ({place})"


@dataclass(frozen=True)
class StackRequest:
    """A stack to create, to update or to preview."""

    name: str
    caller: Caller
    """With whose permissions, and in which account and region, it is built."""
    template: str
    parameters: dict[str, str]
    tags: dict[str, str]
    notification_arns: tuple[str, ...]
    planned: bool = False
    """It was planned before, so it is a change set that is executed."""


def require_short(characters: int) -> None:
    """Refuse a text that functions have let grow: each within another can make it many times as long.

    Raises:
        StackError: it is too long.
    """
    if characters > TEXT_CHARACTERS:
        raise StackError(f"Template error: a function comes to more than {TEXT_CHARACTERS} characters")
