"""ARNs and account ids: how they are taken apart, and the kinds of them that people write."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Self, cast

from pydantic import BaseModel, Field

from shared.errors import Mistake

ACCOUNT_ID: Final = "[0-9]{12}"
_NAME: Final = r"[A-Za-z0-9_+=,.@/-]+"
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_PARTS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Arn:
    """The parts of an ARN (source: AWS General Reference, "ARN format").

    `botocore.utils.ArnParser` cuts in the same places. It is not used because loading it takes 40 ms, a tenth of what
    a spoke's program takes to load; a test holds the two against each other.

    Attributes:
        resource: All that follows the account, such as `role/team/Deployer`.
    """

    partition: str
    service: str
    region: str = ""
    account: str = ""
    resource: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take an ARN apart.

        Raises:
            Mistake: it is none.
        """
        parts = text.split(":", _PARTS - 1)
        if len(parts) != _PARTS or parts[0] != "arn":
            form = "arn:partition:service:region:account:resource"
            raise Mistake(f"invalid value {text!r}. An ARN has the form {form}.", code="arn-invalid")
        _, partition, service, region, account, resource = parts
        return cls(partition=partition, service=service, region=region, account=account, resource=resource)

    @property
    def kind(self) -> str:
        """What it is the ARN of, such as role."""
        return self.resource.partition("/")[0]

    @property
    def name(self) -> str:
        """The name without its kind and path, such as Deployer."""
        return self.resource.rpartition("/")[2]

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def partition_of(region: str) -> str:
    """Name the AWS partition of a region (source: AWS General Reference, ARN format)."""
    if region.startswith("us-gov-"):
        return "aws-us-gov"
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws"


def foreign_arns(document: BaseModel, region: str, *, without: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Find the ARNs and the regions in a document that are of another partition than a region is.

    Args:
        document: What somebody wrote.
        region: The region.
        without: Keys under which anything may stand.
    """
    yield from _foreign(document.model_dump(by_alias=True), partition_of(region), "", without)


def _foreign(found: object, partition: str, place: str, without: Collection[str]) -> Iterator[tuple[str, str]]:
    match found:
        case str() if found.startswith("arn:aws") and not found.startswith(f"arn:{partition}:"):
            yield place, found
        case str() if _REGION.fullmatch(found) and partition_of(found) != partition:
            yield place, found
        case list():
            for index, item in enumerate(cast("list[object]", found)):
                yield from _foreign(item, partition, f"{place}[{index}]", without)
        case dict():
            for key, part in cast("dict[str, object]", found).items():
                if key not in without:
                    yield from _foreign(part, partition, f"{place}.{key}" if place else key, without)
        case _:
            pass


def _arn(parts: str, what: str, example: str) -> Any:  # noqa: ANN401 - pydantic tells no type of its Field
    """Describe a kind of ARN to pydantic, and to whoever writes another; the parts begin with the service."""
    return Field(pattern=f"^arn:aws(-[a-z]+)*:{parts}$", description=what, examples=[f"arn:aws:{example}"])


_IAM: Final = f"iam::{ACCOUNT_ID}"
_ROLE: Final = "iam::222233334444:role/OrganizationAccountAccessRole"
_HERE: Final = "eu-central-1:222233334444"
_WHERE: Final = f"[a-z0-9-]+:{ACCOUNT_ID}"

AccountId = Annotated[
    str,
    Field(
        pattern=f"^{ACCOUNT_ID}$",
        description="twelve digits, in quotes so that YAML keeps them as text",
        examples=['"222233334444"'],
    ),
]
RoleArn = Annotated[str, _arn(rf"{_IAM}:role/{_NAME}", "the ARN of a role in the stack's own account", _ROLE)]
PolicyArn = Annotated[
    str,
    _arn(
        rf"iam::({ACCOUNT_ID}|aws):policy/{_NAME}",
        "the ARN of an IAM policy",
        "iam::333344445555:policy/ModelCatalogBoundary",
    ),
]
PrincipalArn = Annotated[
    str,
    _arn(
        rf"{_IAM}:(role|user|group)/[^*?\s]+",
        "the full ARN of an IAM role, user or group, without wildcards",
        "iam::333344445555:role/DataScientist",
    ),
]
PrincipalPattern = Annotated[
    str,
    # The account stays empty, and wildcards follow the kind of principal (source: Service Catalog API reference,
    # AssociatePrincipalWithPortfolio).
    _arn(
        r"iam:::(role|user|group)/[A-Za-z0-9_+=,.@/*?-]+",
        "an ARN without an account, with wildcards after role/, user/ or group/",
        "iam:::role/AWSReservedSSO_DataScientist_*",
    ),
]
TopicArn = Annotated[
    str, _arn(rf"sns:{_WHERE}:[A-Za-z0-9_-]{{1,256}}", "the ARN of an SNS topic", f"sns:{_HERE}:model-catalog")
]
EventBusArn = Annotated[
    str,
    _arn(
        rf"events:{_WHERE}:event-bus/[A-Za-z0-9._/-]{{1,256}}",
        "the ARN of an event bus of EventBridge",
        f"events:{_HERE}:event-bus/platform",
    ),
]
KeyArn = Annotated[
    str,
    _arn(
        rf"kms:{_WHERE}:key/[A-Za-z0-9-]+",
        "the ARN of a KMS key",
        f"kms:{_HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
]
ModelPackageArn = Annotated[
    str,
    _arn(
        rf"sagemaker:{_WHERE}:model-package/[A-Za-z0-9-]+/[1-9][0-9]*",
        "the ARN of a version in a model package group",
        f"sagemaker:{_HERE}:model-package/fraud-detector/3",
    ),
]
TrainingJobArn = Annotated[
    str,
    _arn(
        rf"sagemaker:{_WHERE}:training-job/\S+",
        "the ARN of a training job",
        f"sagemaker:{_HERE}:training-job/fraud-detector-2026-09-01",
    ),
]
ObjectUri = Annotated[
    str,
    # No wildcard and no variable: the URI becomes the resource of an IAM statement, where they would open more.
    Field(
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.()=+,@/-]*[A-Za-z0-9!_.()=+,@-]/?$",
        description="the S3 URI of an object, or of a prefix that ends in a slash, of letters, digits and !_.()=+,@/-",
        examples=["s3://model-catalog-artifacts-hub/fraud-detector/2026-09-01/model.tar.gz"],
    ),
]


def object_arn(uri: str, *, partition: str) -> Arn:
    """Give the ARN of an object by its URI, or of every object below a prefix."""
    return Arn(partition=partition, service="s3", resource=uri.removeprefix("s3://") + ("*" if is_prefix(uri) else ""))


def bucket_arn(uri: str, *, partition: str) -> Arn:
    """Give the ARN of the bucket that a URI is about."""
    return Arn(partition=partition, service="s3", resource=uri.removeprefix("s3://").partition("/")[0])


def is_prefix(uri: str) -> bool:
    """Whether a URI is about everything below a prefix."""
    return uri.endswith("/")
