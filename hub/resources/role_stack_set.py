"""Rolls the products' roles out to the accounts of units, where spokes do not make them themselves."""

from collections.abc import Sequence
from typing import Final, TypedDict

import pulumi
import pulumi_aws as aws

from hub.resources.template_bucket import TemplateBucket

_LONGEST: Final = 51_200
"""Bytes of a template that is handed over as text (source: CloudFormation User Guide, "Quotas")."""


class _Template(TypedDict, total=False):
    template_body: str
    template_url: pulumi.Input[str]


class RoleRollout(pulumi.ComponentResource):
    """A service-managed stack set with the launch and execution roles of all products.

    What goes wrong elsewhere is settled here (source of each: CloudFormation User Guide, "Working with StackSets"):
    IAM is global, so one region only; named roles need their capability; the hub acts as a delegated administrator;
    the roles stay where an account leaves its unit, because without them what it runs can neither be updated nor
    terminated; the template has no parameters. Shares wait for the roles, so that nobody sees a product first.

    Type: modelcatalog:hub:RoleRollout
    """

    def __init__(
        self,
        name: str,
        *,
        template: str,
        bucket: TemplateBucket,
        units: Sequence[str],
        region: str,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:RoleRollout", name, None, opts)
        roles = aws.cloudformation.StackSet(
            name,
            # Each stack of a divided catalog has one of its own.
            name=f"model-catalog-roles{pulumi.get_stack().removeprefix('hub')}",
            description="The launch and execution roles of the model catalog.",
            permission_model="SERVICE_MANAGED",
            call_as="DELEGATED_ADMIN",
            capabilities=["CAPABILITY_NAMED_IAM"],
            auto_deployment={"enabled": True, "retain_stacks_on_account_removal": True},
            managed_execution={"active": True},
            **self._given(template, bucket),
            region=region,
            opts=pulumi.ResourceOptions(
                parent=self,
                # The service has its own roles; AWS answers with a value for the field all the same.
                ignore_changes=["administrationRoleArn"],
            ),
        )
        _ = aws.cloudformation.StackInstances(
            name,
            stack_set_name=roles.name,
            call_as="DELEGATED_ADMIN",
            regions=[region],
            deployment_targets={"organizational_unit_ids": list(units)},
            # While it is protected, taking a unit off the list leaves the roles where models run.
            retain_stacks=keep,
            # Many at a time, and still no failure that nobody hears of.
            operation_preferences={
                "concurrency_mode": "SOFT_FAILURE_TOLERANCE",
                "max_concurrent_percentage": 100,
                "failure_tolerance_percentage": 0,
            },
            region=region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def _given(self, template: str, bucket: TemplateBucket) -> _Template:
        """Hand the template over as text, which is how it began, or in the bucket where it has grown too long."""
        if len(template.encode()) <= _LONGEST:
            return {"template_body": template}
        return {"template_url": bucket.upload_text("roles", text=template, parent=self)}
