"""The bucket that Service Catalog reads a region's templates from."""

import hashlib
from typing import Final

import pulumi
import pulumi_aws as aws

from hub.definitions.bucket_policy import Readers, bucket_policy
from hub.definitions.packaging import PackagedFile, PackagedText
from hub.definitions.templates import Template
from shared.files import write_file
from shared.stack.engine_settings import SETTINGS_FOLDER

_ARCHIVES: Final = SETTINGS_FOLDER / ".cache" / "packages"
"""Where archives are made, each named by its content; it may be removed at any time."""


class TemplateBucket(pulumi.ComponentResource):
    """A versioned, encrypted, private bucket, with the templates and the files that go with them.

    Every region has its own. Objects are named by their content, so that publishing the same template again
    changes nothing and a changed one can never take its place. Service Catalog copies a template when a
    version is made, so no other account needs to read the bucket (source: Service Catalog Administrator Guide,
    "Launch constraints", the service-owned bucket). What a template names is fetched at each launch, as the role that
    launches: so the products' roles of those that portfolios are shared with may read the files, and nothing else.

    Type: modelcatalog:hub:TemplateBucket
    """

    def __init__(
        self,
        name: str,
        *,
        region: str,
        readers: Readers | None = None,
        key: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:TemplateBucket", name, None, opts)
        self._stem = name
        self._region = region
        child = pulumi.ResourceOptions(parent=self)
        self.bucket = aws.s3.Bucket(name, region=region, opts=child)
        private = aws.s3.BucketPublicAccessBlock(
            f"{name}-private",
            bucket=self.bucket.bucket,
            region=region,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        encryption = aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=self.bucket.bucket,
            region=region,
            rules=[
                {
                    "apply_server_side_encryption_by_default": (
                        {"sse_algorithm": "aws:kms", "kms_master_key_id": key} if key else {"sse_algorithm": "AES256"}
                    ),
                    "bucket_key_enabled": True,
                }
            ],
            opts=child,
        )
        versioning = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=self.bucket.bucket,
            region=region,
            versioning_configuration={"status": "Enabled"},
            opts=child,
        )
        policy = aws.s3.BucketPolicy(
            f"{name}-tls",
            bucket=self.bucket.bucket,
            region=region,
            policy=self.bucket.arn.apply(lambda arn: bucket_policy(arn, readers)),
            # S3 refuses a policy while the public access block of the same bucket is being changed.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[private]),
        )
        self._packaged = dict[str, pulumi.Resource]()
        self._ready: list[pulumi.Resource] = [private, encryption, versioning, policy]
        self.register_outputs({"bucket": self.bucket.bucket})

    def upload(self, *place: str, template: Template, parent: pulumi.Resource) -> pulumi.Output[str]:
        """Put a template at a place in the bucket and give its URL, which is known once the object is there."""
        asset: pulumi.Input[pulumi.Asset] = pulumi.FileAsset(str(template.path))
        if template.packaged:
            for file in template.packaged.files():
                self._package(file)
            asset = self._rendered(template.packaged)
        return self._store(place, template.sha256, asset, "application/yaml", parent)

    def _package(self, file: PackagedFile) -> None:
        """Put a file into the bucket that a template names, once for all that do."""
        if file.key in self._packaged:
            return
        source: pulumi.Input[pulumi.Asset] = pulumi.FileAsset(str(file.path))
        if file.text:
            source = self._rendered(file.text)
        elif file.zipped:
            path = _ARCHIVES / f"{file.sha256}{file.suffix}"
            if not path.exists():
                write_file(path, file.content())
            source = pulumi.FileAsset(str(path))
        self._packaged[file.key] = aws.s3.BucketObjectv2(
            f"file-{file.sha256[:32]}-{self._region}",
            bucket=self.bucket.bucket,
            key=file.key,
            region=self._region,
            source=source,
            opts=pulumi.ResourceOptions(parent=self, depends_on=self._ready),
        )

    def _rendered(self, text: PackagedText) -> pulumi.Output[pulumi.Asset]:
        """Write a template that names files where they are in this bucket."""
        place = pulumi.Output.all(self.bucket.bucket, self.bucket.bucket_regional_domain_name)
        return place.apply(lambda found: pulumi.StringAsset(text.rendered(*found)))

    def upload_text(self, *place: str, text: str, parent: pulumi.Resource) -> pulumi.Output[str]:
        """Put a template that is no file at a place in the bucket, likewise."""
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        return self._store(place, sha256, pulumi.StringAsset(text), "application/json", parent)

    def _store(
        self,
        place: tuple[str, ...],
        sha256: str,
        source: pulumi.Input[pulumi.Asset],
        content_type: str,
        parent: pulumi.Resource,
    ) -> pulumi.Output[str]:
        stored = aws.s3.BucketObjectv2(
            "-".join([*place, self._region]),
            bucket=self.bucket.bucket,
            key="/".join(["templates", *place, f"{sha256}.template"]),
            region=self._region,
            source=source,
            content_type=content_type,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[*self._ready, *self._packaged.values()]),
        )
        return pulumi.Output.format("https://{0}/{1}", self.bucket.bucket_regional_domain_name, stored.key)
