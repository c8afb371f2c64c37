"""The model behind a version, as the contract carries it."""

from typing import Literal

from shared.catalog.part import Part


class Archive(Part):
    """A model's archive, and by what it is known again where another one lies at its place.

    Attributes:
        uri: Of the archive in S3; with a slash at its end a prefix of archives.
        version_id: The object's version, where its bucket has versioning.
        etag: The object's ETag, as the model registry has it.
        sha256: Of its bytes, in hexadecimal.
    """

    uri: str
    version_id: str | None = None
    etag: str | None = None
    sha256: str | None = None

    @property
    def digest(self) -> str:
        """The best of these, with its kind before it; empty where there is none."""
        known = {"sha256": self.sha256, "etag": self.etag, "version-id": self.version_id}
        return next((f"{kind}:{value}" for kind, value in known.items() if value), "")


class Image(Part):
    """A container image; what a tag means can be moved by the registry's owner, as AWS does for its own."""

    uri: str
    pinned: Literal["digest", "tag"]


class ModelParameters(Part):
    """The parameters of a template that take what the version brings."""

    archive: str | None = None
    package: str | None = None
    image: str | None = None
    code: str | None = None


class Model(Part):
    """The model behind a version.

    Attributes:
        package: Its ARN in the model registry.
        images: By region: that of the region that the version is published in.
        code: The archive of inference code in S3.
        parameters: A launch gets these from the version, and may not set them.
    """

    package: str
    archive: Archive
    images: dict[str, Image] = {}
    code: str | None = None
    parameters: ModelParameters = ModelParameters()

    def values(self, region: str) -> dict[str, str]:
        """Give the parameters that the version sets, with what it sets them to in a region."""
        image, names = self.images.get(region), self.parameters
        brought = (
            (names.archive, self.archive.uri),
            (names.package, self.package),
            (names.image, image and image.uri),
            (names.code, self.code),
        )
        return {name: value for name, value in brought if name and value}
