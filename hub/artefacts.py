"""What a version's model consists of: its data, its images, its key."""

from pydantic import Field

from shared.checking import Document


class Artefacts(Document):
    """The artefacts of a version, and so what the account that launches it must be able to pull.

    Attributes:
        model_data: The model's archive in S3.
        images: The container images in ECR, one for each region that the product is published in.
        kms_key: The key that encrypts the archive, where it is not one that AWS manages.
    """

    model_data: str = Field(
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\S+$",
        description="the S3 URI of the model's archive",
        examples=["s3://model-catalog-artifacts-hub/fraud-detector/2026-09-01/model.tar.gz"],
    )
    images: list[str] = Field(min_length=1, description="a list of image URIs in ECR")
    kms_key: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
        description="the ARN of a KMS key",
        examples=["arn:aws:kms:eu-central-1:222233334444:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )
