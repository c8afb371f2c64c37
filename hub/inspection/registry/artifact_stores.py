"""What holds the catalog's artifacts, and who must get at them there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from hub.definitions.artifacts import Artifacts, image_parts, repository_arn
from hub.definitions.model import CatalogProduct
from hub.inspection.registry.consumers import Consumer
from shared.aws.arn import Arn, bucket_arn, is_prefix, object_arn, partition_of
from shared.aws.iam import Request
from shared.stack.names import execution_role_name

Kind = Literal["bucket", "repository", "key"]
ACTIONS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "bucket": ("s3:GetObject",),
    "repository": ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    "key": ("kms:Decrypt",),
}
"""What an execution role needs of each, as hub/definitions/artifacts.py grants it on the other side."""
LISTING: Final = ("s3:ListBucket",)
"""What it needs of the bucket itself, where a version's model data are a prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLocation:
    """A bucket, a repository or a key: what a resource policy hangs on.

    Attributes:
        name: The bucket's or repository's name, the key's ARN.
        account: Whose it is. A bucket's URI does not tell; it should be the registry's.
        region: Where it is, or at least where its model is registered.
    """

    kind: Kind
    name: str
    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f" in {self.region}" if self.kind == "repository" else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequirement:
    """That a consumer's role can do something with a resource.

    Attributes:
        guest: In whose account the role is.
        role: The role's name.
        actions: All of them are needed.
        target: The resource's ARN.
        via: The AWS service through which it is done, as `kms:ViaService` tells it.
        prefix: Of the objects that are listed.
    """

    guest: Consumer
    role: str
    actions: tuple[str, ...]
    target: str
    via: str | None = None
    prefix: str | None = None

    @property
    def request(self) -> Request:
        """What IAM is asked, with all that is known of whoever asks."""
        account, partition = self.guest.account, Arn.parse(self.target).partition
        principal = Arn(partition=partition, service="iam", account=account or "*", resource=f"role/{self.role}")
        context = {
            "aws:principalaccount": account,
            "kms:calleraccount": account,
            "aws:principalorgid": self.guest.organization,
            "aws:principalorgpaths": self.guest.path and f"{self.guest.path}*",
            "aws:principalarn": str(principal) if account else None,
            "aws:principalisawsservice": "false",
            "aws:securetransport": "true",  # SageMaker asks over TLS
            "kms:viaservice": self.via,
            "s3:prefix": self.prefix,
        }
        known = {key: value for key, value in context.items() if value is not None}
        return Request(principal=str(principal), actions=self.actions, resource=self.target, context=known)


@dataclass(slots=True)
class ArtifactStore:
    """A place, and what is demanded of its policy."""

    place: StoreLocation
    demands: list[AccessRequirement] = field(default_factory=list[AccessRequirement])


def artifact_stores(
    products: Iterable[CatalogProduct], guests: Mapping[str, Sequence[Consumer]]
) -> list[ArtifactStore]:
    """List what holds the artifacts of all versions that are not retired, each with who must get at them."""
    found: dict[StoreLocation, ArtifactStore] = {}
    for product in products:
        for version in product.versions:
            if version.state == "retired":
                continue
            for place, target, actions, prefix in _places(product, version.entry.artifacts):
                holding = found.setdefault(place, ArtifactStore(place))
                for guest in (guest for key in product.file.places for guest in guests.get(key, ())):
                    demand = AccessRequirement(
                        guest=guest,
                        role=execution_role_name(product.file.original_key),
                        actions=actions,
                        target=str(target),
                        prefix=prefix,
                        via=f"s3.{place.region}.amazonaws.com" if place.kind == "key" else None,
                    )
                    if demand not in holding.demands:
                        holding.demands.append(demand)
    return sorted(found.values(), key=lambda each: (each.place.kind, each.place.name, each.place.region))


def _places(
    product: CatalogProduct, artifacts: Artifacts
) -> Iterator[tuple[StoreLocation, Arn, tuple[str, ...], str | None]]:
    """Give each place that holds an artifact: the ARN of what is needed there, the actions, and what is listed."""
    registry = product.file.registry
    partition = partition_of(registry.region)
    name, _, key = artifacts.model_data.removeprefix("s3://").partition("/")
    bucket = StoreLocation(kind="bucket", name=name, account=registry.account_id, region=registry.region)
    yield bucket, object_arn(artifacts.model_data, partition=partition), ACTIONS["bucket"], None
    if artifacts.code:
        name = artifacts.code.removeprefix("s3://").partition("/")[0]
        code = StoreLocation(kind="bucket", name=name, account=registry.account_id, region=registry.region)
        yield code, object_arn(artifacts.code, partition=partition), ACTIONS["bucket"], None
    if is_prefix(artifacts.model_data):
        yield bucket, bucket_arn(artifacts.model_data, partition=partition), LISTING, key
    for image in artifacts.images:
        parts = image_parts(image)
        yield (
            StoreLocation(
                kind="repository", name=parts["repository"], account=parts["account"], region=parts["region"]
            ),
            repository_arn(image, partition=partition),
            ACTIONS["repository"],
            None,
        )
    if artifacts.kms_key:
        arn = Arn.parse(artifacts.kms_key)
        place = StoreLocation(kind="key", name=str(arn), account=arn.account, region=arn.region)
        yield place, arn, ACTIONS["key"], None
