"""Rolls one template out to the accounts of units, by a stack set that follows who joins and who leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

import pulumi
import pulumi_aws as aws

LONGEST_TEXT: Final = 51_200
"""Bytes of a template that is handed over as text (source: CloudFormation User Guide, "Quotas")."""


class Template(TypedDict, total=False):
    """A template, as text or by the address of where it lies."""

    template_body: str
    template_url: pulumi.Input[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutTargets:
    """Where a template is rolled out to.

    Attributes:
        call_as: SELF in the management account, DELEGATED_ADMIN elsewhere.
        units: By id.
        region: The one region; what the templates make in IAM is global, and a second region would collide.
        keep: Whether what was made stays where an account or a unit is no longer among them.
    """

    call_as: Literal["SELF", "DELEGATED_ADMIN"]
    units: Sequence[str]
    region: str
    keep: bool


def roll_out(
    name: str,
    *,
    stack_set_name: str,
    description: str,
    template: Template,
    targets: RolloutTargets,
    opts: pulumi.ResourceOptions,
) -> None:
    """Make a service-managed stack set of named roles, and its instances.

    What goes wrong elsewhere is settled here (source of each: CloudFormation User Guide, "Working with StackSets"):
    IAM is global, so one region only; named roles need their capability; the roles stay where an account leaves its
    unit, because without them what it runs can neither be updated nor terminated.

    Args:
        name: The logical name of both resources.
        stack_set_name: What AWS knows it by.
        description: For those who see it in AWS.
        template: What each account gets.
        targets: The accounts.
        opts: The parent, and the like.
    """
    made = aws.cloudformation.StackSet(
        name,
        name=stack_set_name,
        description=description,
        permission_model="SERVICE_MANAGED",
        call_as=targets.call_as,
        capabilities=["CAPABILITY_NAMED_IAM"],
        auto_deployment={"enabled": True, "retain_stacks_on_account_removal": True},
        managed_execution={"active": True},
        **template,
        region=targets.region,
        # The service has its own roles; AWS answers with a value for the field all the same.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(ignore_changes=["administrationRoleArn"])),
    )
    _ = aws.cloudformation.StackInstances(
        name,
        stack_set_name=made.name,
        call_as=targets.call_as,
        regions=[targets.region],
        deployment_targets={"organizational_unit_ids": list(targets.units)},
        # While it is kept, taking a unit off the list leaves the roles where models run.
        retain_stacks=targets.keep,
        # Many at a time, and still no failure that nobody hears of.
        operation_preferences={
            "concurrency_mode": "SOFT_FAILURE_TOLERANCE",
            "max_concurrent_percentage": 100,
            "failure_tolerance_percentage": 0,
        },
        region=targets.region,
        opts=opts,
    )
