"""The hub's copies of the launch roles."""

import pulumi
import pulumi_aws as aws

from shared.aws.arn import partition_of
from shared.aws.policies import launch_trust
from shared.stack.names import launch_role_name


class LaunchRole(pulumi.ComponentResource):
    """The hub's copy of a product's launch role: the name and the trust, and no permission at all.

    A launch constraint by local role name wants a role of that name in the account that creates the
    constraint as well (source: Service Catalog API reference, CreateConstraint). Nothing is ever launched
    here, so the copy can do nothing.

    Type: modelcatalog:hub:LaunchRole
    """

    def __init__(
        self,
        name: str,
        *,
        product: str,
        account_id: str,
        region: str,
        boundary: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:LaunchRole", name, None, opts)
        self.role = aws.iam.Role(
            f"{name}-launch",
            name=launch_role_name(product),
            path="/",
            description=f"Marks the launch role of the model {product}; it has no permissions in this account.",
            assume_role_policy=launch_trust(partition=partition_of(region), account=account_id),
            permissions_boundary=boundary,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"role": self.role.name})
