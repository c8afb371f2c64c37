"""Models in registries: what the organization file declares, made when SageMaker or S3 is first asked.

Not at the start, because moto's SageMaker takes a while to load.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from inspect import signature
from typing import Any, Literal

from moto.s3.models import s3_backends
from pydantic import BaseModel, ConfigDict, Field


class ModelPackageEntry(BaseModel):
    """One version of a model package group. Numbers follow from the order of a group's entries, from 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str = Field(pattern=r"^\d{12}$", description="twelve digits, in quotes in YAML")
    region: str = "eu-central-1"
    group: str = Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")
    approval: Literal["Approved", "PendingManualApproval", "Rejected"]
    image: str
    model_data: str = Field(
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.+$",
        description="an archive, or a prefix with a slash at its end; its bucket is made in the same account, and the "
        "whole organization may read it",
    )
    description: str = ""
    metrics: dict[str, float] = Field(default={}, description="of its evaluation, put beside the model")
    training_job: str = Field(default="", description="the name of the training job that made it")
    commit: str = ""

    @property
    def bucket(self) -> str:
        return self.model_data.split("/")[2]

    @property
    def evaluation(self) -> str:
        """Where its figures are."""
        return f"{self.model_data.rpartition('/')[0]}/evaluation.json"

    @property
    def archive(self) -> str:
        """The key of an archive, which of a prefix is one below it."""
        key = self.model_data.split("/", 3)[3]
        return f"{key}first.tar.gz" if key.endswith("/") else key

    @property
    def content(self) -> bytes:
        """Something in place of a model, of which each archive has its own."""
        return f"s3://{self.bucket}/{self.archive}".encode()

    @property
    def source(self) -> dict[str, object]:
        """Where the model is, as a package says it (SageMaker API Reference, ModelPackageContainerDefinition)."""
        if not self.model_data.endswith("/"):
            etag = hashlib.md5(self.content, usedforsecurity=False).hexdigest()
            return {"ModelDataUrl": self.model_data, "ModelDataETag": etag}
        below = {"S3Uri": self.model_data, "S3DataType": "S3Prefix", "CompressionType": "None"}
        return {"ModelDataSource": {"S3DataSource": below}}


class ModelPackages:
    """Makes the packages, and the buckets that their models are in, before the first call that could see them."""

    def __init__(self, entries: Sequence[ModelPackageEntry], organization: str) -> None:
        self._entries = entries
        self._organization = organization
        self._missing = {"sagemaker", "s3"} if entries else set[str]()

    def make(self, service: str) -> None:
        """Make what is seen through a service, once."""
        if service not in self._missing:
            return
        self._missing.remove(service)
        for entry in self._entries:
            if service == "s3":
                _make_bucket(entry, self._organization)
            else:
                _make_package(entry)


def _make_bucket(entry: ModelPackageEntry, organization: str) -> None:
    s3 = s3_backends[entry.account]["aws"]
    if entry.bucket not in s3.buckets:
        s3.create_bucket(entry.bucket, entry.region)
        s3.put_bucket_policy(entry.bucket, json.dumps(_readable_within(organization, entry.bucket)).encode())
    s3.put_object(entry.bucket, entry.archive, entry.content)
    if entry.metrics:
        # In the form of Model Monitor's and of pipelines' reports (SageMaker Developer Guide, "Model quality metrics").
        figures = {name: {"value": value, "standard_deviation": "NaN"} for name, value in entry.metrics.items()}
        report = json.dumps({"binary_classification_metrics": figures}).encode()
        s3.put_object(entry.bucket, entry.evaluation.split("/", 3)[3], report)


def _readable_within(organization: str, bucket: str) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ModelsForTheOrganization",
                "Effect": "Allow",
                "Principal": "*",
                "Action": ["s3:GetObject", "s3:ListBucket"],
                "Resource": [f"arn:aws:s3:::{bucket}/*", f"arn:aws:s3:::{bucket}"],
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization}},
            }
        ],
    }


def _make_package(entry: ModelPackageEntry) -> None:
    from moto.sagemaker.models import sagemaker_backends  # noqa: PLC0415 - see above

    sagemaker = sagemaker_backends[entry.account][entry.region]
    if entry.group not in sagemaker.model_package_groups:
        sagemaker.create_model_package_group(entry.group, "", [])
    make: Any = sagemaker.create_model_package
    partial(make, **dict.fromkeys(signature(make).parameters))(
        model_package_group_name=entry.group,
        model_package_description=entry.description or None,
        inference_specification={
            "Containers": [{"Image": entry.image, **entry.source}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        certify_for_marketplace=False,
        model_approval_status=entry.approval,
        metadata_properties=_origin(entry),
        model_metrics=_metrics(entry),
    )


def _origin(entry: ModelPackageEntry) -> dict[str, str] | None:
    job = f"arn:aws:sagemaker:{entry.region}:{entry.account}:training-job/{entry.training_job}"
    found = {"GeneratedBy": job if entry.training_job else "", "CommitId": entry.commit}
    return {name: value for name, value in found.items() if value} or None


def _metrics(entry: ModelPackageEntry) -> dict[str, object] | None:
    report = {"ContentType": "application/json", "S3Uri": entry.evaluation}
    return {"ModelQuality": {"Statistics": report}} if entry.metrics else None
