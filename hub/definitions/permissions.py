"""What a product's two roles may do, within the limits of IAM."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from hub.definitions.constraints import topics_of
from hub.definitions.model import Catalog, CatalogProduct
from hub.definitions.templates import Template
from shared.aws.arn import partition_of
from shared.aws.policies import Policy, launch_policy, permission_policy, render
from shared.errors import ContentError
from shared.stack.names import BUCKETS, PACKAGED, execution_role_name

LONGEST: Final = 10_240
"""Characters of all inline policies of a role, white space left out (source: IAM User Guide, "IAM and STS quotas")."""


def launch_permissions(product: CatalogProduct) -> Policy:
    """Say what the role may do that builds the product's stack."""
    return launch_policy(
        [*_reading(product), *product.launch_statements],
        execution_role=execution_role_name(product.file.original_key),
        services=product.file.execution_role.services,
        topics=topics_of(product.file.constraints),
    )


def execution_permissions(product: CatalogProduct) -> Policy:
    """Say what the role may do that the model runs as: pull what the versions declare, and what the product adds."""
    return permission_policy([*product.artifact_statements, *_reading(product), *product.execution_statements])


def read_with(keys: Sequence[str], catalog: Catalog) -> Catalog:
    """Give a catalog whose templates' buckets are encrypted with keys of the hub's own."""
    return replace(catalog, products=[replace(product, template_keys=keys) for product in catalog.products])


def _reading(product: CatalogProduct) -> list[dict[str, Any]]:
    reading = packaged_files_statements(version.template for version in product.versions)
    if reading and product.template_keys:
        through_s3 = {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}
        resource = list(product.template_keys)
        allowed = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": resource, "Condition": through_s3}
        reading.append({"Sid": "DecryptPackagedFiles", **allowed})
    return reading


def packaged_files_statements(templates: Iterable[Template]) -> list[dict[str, Any]]:
    """Let a product's roles read the files that go with its templates: function code, nested templates, scripts.

    CloudFormation fetches most as the launch role, and a Glue job its script as the role that it runs as.
    """
    if not any(template.packaged for template in templates):
        return []
    resource = f"arn:${{Partition}}:s3:::{BUCKETS}*/{PACKAGED}/*"
    return [{"Sid": "ReadPackagedFiles", "Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}]


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
