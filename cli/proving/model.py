"""A model to publish: two archives of one tree in a bucket of the hub's, registered and approved."""

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Final

from cli.proving.parties import HUB, SPOKE
from cli.proving.step import Proof, Step
from shared.aws.arn import partition_of

_TREE: Final = Path(__file__).with_name("model.json")
"""Written by XGBoost 1.7.6, which the image has: tells numbers below 1.5 from those above."""
IMAGES: Final = {
    "eu-central-1": "492215442770",
    "eu-west-1": "141502667606",
    "us-east-1": "683313688378",
    "us-east-2": "257758044811",
    "us-west-2": "246618743249",
}
"""Accounts of AWS's XGBoost image, by region, as the proof's templates have them."""


class Model(Step):
    """Makes it."""

    name = "model"
    what = "puts two archives of a model into a bucket that the spoke may read, and registers and approves them"
    undo = "deletes the packages, their group and the bucket"

    def run(self, proof: Proof) -> None:
        """Make it, and write the catalog that publishes it."""
        s3, bucket, region = proof.client(HUB, "s3"), proof.stage.bucket, proof.parties.region
        proof.record.intend(HUB, "bucket", bucket)
        place = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
        s3.create_bucket(Bucket=bucket, **place)
        partition = partition_of(region)
        reader = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::{proof.parties[SPOKE].account}:root"},
            "Action": "s3:GetObject",
            "Resource": f"arn:{partition}:s3:::{bucket}/*",
        }
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [reader]}))
        sagemaker = proof.client(HUB, "sagemaker")
        proof.record.intend(HUB, "model package group", proof.mark)
        sagemaker.create_model_package_group(ModelPackageGroupName=proof.mark)
        etags, image = dict[str, str](), f"{IMAGES[region]}.dkr.ecr.{region}.amazonaws.com/sagemaker-xgboost:1.7-1"
        for number in (1, 2):
            key = f"{number}/model.tar.gz"
            etags[f"{'a' * 31}{number}"] = s3.put_object(Bucket=bucket, Key=key, Body=archive(number))["ETag"].strip(
                '"'
            )
            sagemaker.create_model_package(
                ModelPackageGroupName=proof.mark,
                ModelApprovalStatus="Approved",
                InferenceSpecification={
                    "Containers": [{"Image": image, "ModelDataUrl": f"s3://{bucket}/{key}"}],
                    "SupportedContentTypes": ["text/csv"],
                    "SupportedResponseMIMETypes": ["text/csv"],
                },
            )
        proof.stage.write_catalog(etags)
        proof.fact(
            "packages", len(sagemaker.list_model_packages(ModelPackageGroupName=proof.mark)["ModelPackageSummaryList"])
        )


def archive(number: int) -> bytes:
    """Pack the tree; the same bytes for the same number."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        content, entry = _TREE.read_bytes(), tarfile.TarInfo("xgboost-model.json")
        entry.size, entry.mtime = len(content), number  # so that the two archives differ
        tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)
