"""What a product's two roles may do, within the limits of IAM."""

from pathlib import Path
from typing import Final

from hub.definitions.constraints import topics_of
from hub.definitions.model import CatalogProduct
from shared.aws.arn import partition_of
from shared.aws.policies import Policy, launch_policy, permission_policy, render
from shared.errors import ContentError
from shared.stack.names import execution_role_name

LONGEST: Final = 10_240
"""Characters of all inline policies of a role, white space left out (source: IAM User Guide, "IAM and STS quotas")."""


def launch_permissions(product: CatalogProduct) -> Policy:
    """Say what the role may do that builds the product's stack."""
    return launch_policy(
        product.launch_statements,
        execution_role=execution_role_name(product.file.original_key),
        services=product.file.execution_role.services,
        topics=topics_of(product.file.constraints),
    )


def execution_permissions(product: CatalogProduct) -> Policy:
    """Say what the role may do that the model runs as: pull what the versions declare, and what the product adds."""
    return permission_policy([*product.artifact_statements, *product.execution_statements])


def check_permissions(folder: Path, product: CatalogProduct) -> None:
    """Refuse roles whose policies IAM would refuse, in every spoke and only there.

    Raises:
        ContentError: names the product, the role and how much is too much.
    """
    registry, file = product.file.registry, product.file
    for kind, policy, name in (
        ("launch", launch_permissions(product), file.launch_policy),
        ("execution", execution_permissions(product), file.execution_role.policy),
    ):
        # Account ids are all of one length, so the registry's stands for any spoke's; the partition is the same.
        text = render(policy, partition=partition_of(registry.region), account=registry.account_id)
        found = len("".join(text.split()))
        if found > LONGEST:
            raise ContentError(
                f"the policy of the {kind} role of {file.key} has {found} characters with what the hub adds to it, "
                f"and IAM takes {LONGEST}. Shorten its statements, or publish further versions as another product.",
                code="policy-too-long",
                place=str(folder / name),
            )
