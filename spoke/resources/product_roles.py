"""The roles that a product needs in the account that launches it."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from shared.aws.arn import partition_of
from shared.aws.policies import execution_trust, launch_trust, publishing, render
from shared.catalog.contract import Product
from shared.errors import LaunchError
from spoke.config import SpokeSettings

_REMEDIES: Final[Mapping[str, tuple[str, str]]] = {
    "existing": (
        "launchRoles",
        "Have it made by those who manage the account's roles, or set launchRoles to create.",
    ),
    "create": (
        "portfolios",
        "Deploy the stack that sets up its portfolio, or add the portfolio to portfolios.",
    ),
}
"""The setting by which roles are somebody else's, and what to do where one is missing."""


class ProductRoles(pulumi.ComponentResource):
    """A product's launch role, which builds its stack, and its execution role, which the model runs as.

    Both have the names and the least-privilege policies that the hub publishes. The launch role may pass the
    execution role and do nothing else in IAM, so that launching a model never means creating rights. `topics` are those
    that launches of this account tell of their stacks, beside the hub's.

    Type: modelcatalog:spoke:ProductRoles
    """

    def __init__(
        self,
        name: str,
        *,
        product: Product,
        account_id: str,
        region: str,
        boundary: str | None = None,
        topics: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:spoke:ProductRoles", name, None, opts)
        partition = partition_of(region)
        trusts = {
            "launch": (product.launch_role, launch_trust(partition=partition, account=account_id), topics),
            "execution": (
                product.execution_role,
                execution_trust(product.execution_role.services, account=account_id),
                (),
            ),
        }
        for kind, (role, trust, told) in trusts.items():
            made = aws.iam.Role(
                f"{name}-{kind}",
                name=role.name,
                path="/",
                description=f"{kind.capitalize()} role of the model {name}.",
                assume_role_policy=trust,
                permissions_boundary=boundary,
                opts=pulumi.ResourceOptions(parent=self),
            )
            _ = aws.iam.RolePolicy(
                f"{name}-{kind}",
                name="catalog",
                role=made.name,
                policy=_telling(render(role.policy, partition=partition, account=account_id), told),
                # Not a child of the role: whoever depends on the component waits for its own children alone.
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


def _telling(policy: str, topics: Sequence[str]) -> str:
    """Let a role of a rendered policy tell topics; one that may already stays as it is."""
    document = json.loads(policy)
    more = publishing(topics, document["Statement"])
    return json.dumps({**document, "Statement": [*document["Statement"], *more]}, sort_keys=True) if more else policy


def confirm_roles(products: Mapping[str, Product], settings: SpokeSettings, *, opts: pulumi.InvokeOptions) -> None:
    """Check that roles which somebody else makes are there, before a launch would fail for want of one.

    Raises:
        LaunchError: names the first missing role and who needs it.
    """
    names = {
        role.name: key for key, product in products.items() for role in (product.launch_role, product.execution_role)
    }
    if not names:
        return
    pattern = f"^({'|'.join(names)})$"
    present = set(aws.iam.get_roles(name_regex=pattern, opts=opts).names)
    key, remedy = _REMEDIES[settings.launch_roles]
    for name, product in names.items():
        if name not in present:
            raise LaunchError(
                f"the account {settings.account_id} has no role {name}, which {product} needs. {remedy}",
                code="role-missing",
                place=f"Pulumi.{pulumi.get_stack()}.yaml: {key}",
            )
