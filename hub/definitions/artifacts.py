"""What a version's model consists of, by what it is known again, and what is needed to pull it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from shared.aws.arn import ACCOUNT_ID, Arn, KeyArn, ObjectUri, bucket_arn, is_prefix, object_arn
from shared.between_fields import between_fields
from shared.collecting import refuse_all
from shared.errors import Mistake
from shared.validation import Document

_IMAGE: Final = re.compile(
    rf"(?P<account>{ACCOUNT_ID})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/"
    r"(?P<repository>[a-z0-9][a-z0-9._/-]{1,255})(:[A-Za-z0-9._-]{1,128}|@sha256:[0-9a-f]{64})"
)
_ANY: Final = "${Partition}"
"""Our placeholder for the partition of the account that uses a policy."""
_PULL: Final = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]

Image = Annotated[
    str,
    Field(
        pattern=f"^{re.sub(r'[?]P<[a-z]+>', '', _IMAGE.pattern)}$",
        description="the URI of an image in ECR, with a tag or a digest",
        examples=["492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:1.7-1"],
    ),
]


Sha256 = Annotated[
    str,
    Field(
        pattern="^[0-9a-f]{64}$",
        description="64 hexadecimal digits",
        examples=["9e07521e6286f68b6f5e896f7bb846b2e5e26167a176cd4b6f6efef47a63b2f9"],
    ),
]
ETag = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{32}(-[1-9][0-9]{0,4})?$",
        description="an object's ETag in S3, without quotes around it",
        examples=["9b2cf535f27731c974343645a3985328"],
    ),
]
VersionId = Annotated[
    str, Field(pattern=r"^\S+$", max_length=1024, description="the version of an object in a bucket with versioning")
]


def _one_per_region(images: list[str]) -> list[str]:
    regions = [image_parts(image)["region"] for image in images]
    refuse_all(
        Mistake(
            f"two images are in {twice}. A version runs one image in each region: remove one of them.",
            code="two-images-of-a-region",
        )
        for twice in dict.fromkeys(region for index, region in enumerate(regions) if region in regions[:index])
    )
    return images


class Artifacts(Document):
    """The artifacts of a version, and so what the account that launches it must be able to pull.

    Attributes:
        model_data: The model's archive in S3; with a slash at its end a prefix, and every model below it.
        version_id: Of the archive, where its bucket has versioning.
        etag: Of the archive: the registry's `ModelDataETag`, or the object's own.
        sha256: Of the archive's bytes.
        code: The archive of inference code, where the template takes one.
        images: The container images in ECR, one for each region that the product is published in.
        kms_key: The key that encrypts the archive, where it is not one that AWS manages.
    """

    model_data: ObjectUri = Field(
        description="the S3 URI of the model's archive or a prefix of archives, of letters, digits and !_.()=+,@/-"
    )
    version_id: VersionId | None = None
    etag: ETag | None = None
    sha256: Sha256 | None = None
    code: ObjectUri | None = None
    images: Annotated[
        list[Image],
        AfterValidator(_one_per_region),
        Field(min_length=1, description="a list of image URIs in ECR"),
    ]
    kms_key: KeyArn | None = None

    @property
    def identified(self) -> bool:
        """Whether another archive at the same place would be noticed."""
        return bool(self.version_id or self.etag or self.sha256)

    @between_fields
    def _a_prefix_is_no_object(self) -> Iterator[Mistake]:
        if is_prefix(self.model_data) and self.identified:
            yield Mistake(
                f"{self.model_data} is a prefix, of which S3 knows no version, ETag or digest. Remove version_id, etag "
                f"and sha256.",
                code="prefix-with-digest",
            )
        if self.code and is_prefix(self.code):
            yield Mistake(
                f"{self.code} is a prefix, and inference code is one archive. Name the archive.",
                code="code-is-a-prefix",
            )


def image_parts(image: str) -> dict[str, str]:
    """Take an image's URI apart: account, region and repository."""
    match = _IMAGE.fullmatch(image)
    return match.groupdict() if match else {}


def is_by_digest(image: str) -> bool:
    """Whether an image's URI means one image for good; what a tag means can be moved."""
    return "@sha256:" in image


def repository_arn(image: str, *, partition: str) -> Arn:
    """Give the ARN of an image's repository."""
    parts = image_parts(image)
    return Arn(
        partition=partition,
        service="ecr",
        region=parts["region"],
        account=parts["account"],
        resource=f"repository/{parts['repository']}",
    )


def artifact_statements(artifacts: Sequence[Artifacts]) -> list[dict[str, Any]]:
    """Say what a product's execution role must be allowed, so that its models' artifacts can be pulled.

    It is the execution role that SageMaker reads the archive and the image with, not the role that creates the
    model (source: SageMaker Developer Guide, "SageMaker roles", CreateModel API: execution role permissions). What is
    below a prefix is looked for first.
    """
    prefixes = [each.model_data for each in artifacts if is_prefix(each.model_data)]
    statements = [
        {
            "Sid": "ReadDeclaredModels",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": _unique(
                object_arn(uri, partition=_ANY) for each in artifacts for uri in (each.model_data, each.code) if uri
            ),
        },
        {
            "Sid": "FindDeclaredModels",
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": _unique(bucket_arn(prefix, partition=_ANY) for prefix in prefixes),
            "Condition": {"StringLike": {"s3:prefix": _unique(f"{prefix.split('/', 3)[3]}*" for prefix in prefixes)}},
        },
        {
            "Sid": "PullDeclaredImages",
            "Effect": "Allow",
            "Action": _PULL,
            "Resource": _unique(repository_arn(image, partition=_ANY) for each in artifacts for image in each.images),
        },
        {
            "Sid": "DecryptDeclaredModelsThroughS3Only",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": _unique(each.kms_key for each in artifacts if each.kms_key),
            "Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
        },
    ]
    return [statement for statement in statements if statement["Resource"]]


def _unique(values: Iterable[Arn | str]) -> list[str]:
    return sorted({str(value) for value in values})
