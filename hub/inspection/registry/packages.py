"""Asks the model registry for the packages behind the catalog's versions."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from hub.definitions.model import CatalogProduct
from hub.definitions.schema import VersionEntry
from hub.inspection.registry.findings import Finding
from shared.aws.session import Session, code_of, message_of


def check_packages(session: Session, products: list[CatalogProduct]) -> Iterator[Finding]:
    """Ask for the package of every version that is not retired.

    Yields:
        A line per version. A problem is a package that is not there, is not Approved, or is of other model data.
    """
    for product in products:
        sagemaker = session.client("sagemaker", product.file.registry.region)
        for version in product.versions:
            if version.state != "retired":
                yield _checked(sagemaker, product.file.key, version.entry)


def _checked(sagemaker: Any, product: str, entry: VersionEntry) -> Finding:  # noqa: ANN401 - a boto3 client
    who = f"{product} {entry.version}"
    try:
        found = sagemaker.describe_model_package(ModelPackageName=entry.model_package)
    except ClientError as problem:
        # SageMaker has no error of its own for a package that is not there.
        if code_of(problem) == "ValidationException":
            return Finding(
                f"{who}: {entry.model_package} is not in the registry ({message_of(problem)}). Register the model, "
                f"or correct model_package in product.yaml.",
                wrong=True,
            )
        return Finding(
            f"{who}: {entry.model_package} could not be asked for: {code_of(problem)}: {message_of(problem)}.",
            wrong=True,
        )
    status = found.get("ModelApprovalStatus", "without an approval status")
    if status != "Approved":
        return Finding(
            f"{who}: {entry.model_package} is {status} in the registry, not Approved. Have it approved there, or "
            f"publish another package.",
            wrong=True,
        )
    approved = _model_data(found)
    if approved and entry.artifacts.model_data not in approved:
        return Finding(
            f"{who}: the catalog publishes {entry.artifacts.model_data}, and {entry.model_package} was approved with "
            f"{', '.join(approved)}. Publish what was approved, or have this approved.",
            wrong=True,
        )
    return Finding(f"{who}: {entry.model_package.rpartition('model-package/')[2]} is Approved")


def _model_data(package: dict[str, Any]) -> list[str]:
    """List what was registered: an archive, or a prefix (SageMaker API Reference, ModelPackageContainerDefinition)."""
    containers = package.get("InferenceSpecification", {}).get("Containers", [])
    sources = [container.get("ModelDataSource", {}).get("S3DataSource", {}).get("S3Uri") for container in containers]
    return [data for data in (*(container.get("ModelDataUrl") for container in containers), *sources) if data]
