"""CloudFormation: moto's, with the corners filled in that launches of the catalog need.

Import the modules of this package only when a stack is wanted: moto's CloudFormation loads most of moto,
which takes over a second.
"""

from dataclasses import dataclass

from sandbox.aws.servicecatalog.launch_roles import Builder


class StackError(Exception):
    """A stack operation failed; the message is the reason that CloudFormation would give."""


@dataclass(frozen=True)
class StackOrder:
    """A stack as Service Catalog wants it."""

    name: str
    region: str
    builder: Builder
    template: str
    parameters: dict[str, str]
    tags: dict[str, str]
    notification_arns: tuple[str, ...]
    planned: bool = False
    """It was planned before, so it is a change set that is executed."""
