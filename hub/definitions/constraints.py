"""The constraints of a product in its portfolio: the one place where their JSON is made.

The forms are those of the Service Catalog API reference, CreateConstraint.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from shared.aws.arn import AccountId, Arn, RoleArn, TopicArn
from shared.catalog.contract import TagUpdates
from shared.catalog.rules import Rule
from shared.collecting import refuse_all
from shared.errors import Mistake
from shared.stack.names import launch_role_name
from shared.validation import Document, Region


class Launch(Document):
    """Launches work as the product's launch role. Every product has it; writing it down changes nothing."""

    type: Literal["LAUNCH"]


class Notification(Document):
    """Topics that hear of a launch's stack; each counts in its own region."""

    type: Literal["NOTIFICATION"]
    topics: list[TopicArn] = Field(min_length=1, max_length=5, description="a list of one to five topics")


class ResourceUpdate(Document):
    """Whether tags of what was launched may change. Without it they may."""

    type: Literal["RESOURCE_UPDATE"]
    tag_updates: TagUpdates = Field(description="ALLOWED or NOT_ALLOWED", examples=["ALLOWED"])


class StackSet(Document):
    """Launches go to these accounts and regions at once, and work as these roles, in place of the launch role."""

    type: Literal["STACKSET"]
    accounts: list[AccountId] = Field(min_length=1, description="a list of account ids")
    regions: list[Region] = Field(min_length=1, description="a list of regions")
    admin_role: RoleArn = Field(
        description="the ARN of the role that administers the stack set",
        examples=["arn:aws:iam::222233334444:role/AWSCloudFormationStackSetAdministrationRole"],
    )
    execution_role: str = Field(
        pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$",
        description="the name of a role in each of the accounts",
        examples=["AWSCloudFormationStackSetExecutionRole"],
    )


class Template(Document):
    """Rules on the values of parameters, checked by the spoke in its preview and by AWS at each launch."""

    type: Literal["TEMPLATE"]
    rules: dict[str, Rule] = Field(min_length=1, description="rules by name")


Constraint = Annotated[Launch | Notification | ResourceUpdate | StackSet | Template, Field(discriminator="type")]


def _go_together(constraints: list[Constraint]) -> list[Constraint]:
    """Refuse what AWS refuses (source: API reference, CreateConstraint: one of each kind, LAUNCH or STACKSET)."""
    kinds = [each.type for each in constraints]
    found = [
        Mistake(
            f"{kind} is there {kinds.count(kind)} times. A product has at most one of each type: join them.",
            code="duplicate-constraint",
        )
        for kind in dict.fromkeys(kinds)
        if kinds.count(kind) > 1
    ]
    if {"LAUNCH", "STACKSET"} <= set(kinds):
        found.append(
            Mistake("LAUNCH and STACKSET exclude each other. Remove one of the two.", code="launch-beside-stack-set")
        )
    refuse_all(found)
    return constraints


Constraints = Annotated[list[Constraint], AfterValidator(_go_together)]


def rules_of(constraints: list[Constraint]) -> dict[str, Rule]:
    """Give the template rules, by name."""
    return {name: rule for each in constraints if isinstance(each, Template) for name, rule in each.rules.items()}


def topics_of(constraints: list[Constraint]) -> list[str]:
    """Give the topics that hear of launches, of all regions."""
    return [topic for each in constraints if isinstance(each, Notification) for topic in each.topics]


def is_stack_set(constraints: list[Constraint]) -> bool:
    """Say whether launches go to many accounts at once."""
    return any(isinstance(each, StackSet) for each in constraints)


def tag_updates(constraints: list[Constraint]) -> TagUpdates:
    """Say whether tags of a launch may change: ALLOWED or NOT_ALLOWED."""
    for each in constraints:
        if isinstance(each, ResourceUpdate):
            return each.tag_updates
    return "ALLOWED"


def constraint_documents(product: str, constraints: list[Constraint], region: str) -> Mapping[str, dict[str, Any]]:
    """Write the parameters of each constraint that a product has in a region, by type.

    RESOURCE_UPDATE is always among them: it governs only what is provisioned after it was made, so it has to be
    there from the first day (source: cloudformation-coverage-roadmap issue 669).
    """
    documents: dict[str, dict[str, Any]] = {
        "LAUNCH": {"LocalRoleName": launch_role_name(product)},
        "RESOURCE_UPDATE": {
            "Version": "2.0",
            "Properties": {"TagUpdateOnProvisionedProduct": tag_updates(constraints)},
        },
    }
    for each in constraints:
        match each:
            case Launch() | ResourceUpdate():
                pass
            case Template():
                documents[each.type] = {"Rules": {name: rule.document() for name, rule in each.rules.items()}}
            case Notification():
                topics = [arn for arn in each.topics if Arn.parse(arn).region == region]
                if topics:
                    documents[each.type] = {"NotificationArns": topics}
            case StackSet():
                del documents["LAUNCH"]
                documents[each.type] = {
                    "Version": "1.0",
                    "Properties": {
                        "AccountList": each.accounts,
                        "RegionList": each.regions,
                        "AdminRole": each.admin_role,
                        "ExecutionRole": each.execution_role,
                    },
                }
    return documents
