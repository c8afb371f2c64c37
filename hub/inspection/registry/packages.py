"""Says whether a version's package is what the registry approved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import ClientError

from hub.definitions.model import CatalogProduct
from hub.definitions.schema import VersionEntry
from hub.inspection.registry.findings import Finding
from hub.inspection.registry.questions import Answers
from shared.aws.session import code_of, error_text, message_of

Standing = Literal["approved", "unapproved", "missing", "differs", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the registry's answer means for a version.

    Attributes:
        text: What is so; of a problem also what to do; of an unknown one AWS's own words.
        package: As the registry described it; empty where it did not.
    """

    standing: Standing
    text: str
    package: Mapping[str, Any]


def judge(entry: VersionEntry, answer: Mapping[str, Any] | Exception) -> Verdict:
    """Compare a version with what the registry answered for its package."""
    name = entry.model_package
    if isinstance(answer, Exception):
        # SageMaker has no error of its own for a package that is not there.
        if isinstance(answer, ClientError) and code_of(answer) == "ValidationException":
            return Verdict(
                "missing",
                f"{name} is not in the registry ({message_of(answer)}). Register the model, or correct model_package "
                f"in product.yaml.",
                {},
            )
        return Verdict("unknown", reason_of(answer), {})
    status = answer.get("ModelApprovalStatus", "without an approval status")
    if status != "Approved":
        return Verdict(
            "unapproved",
            f"{name} is {status} in the registry, not Approved. Have it approved there, or publish another package.",
            answer,
        )
    if difference := _difference(entry, answer):
        return Verdict("differs", f"{difference}. Publish what was approved, or have this approved.", answer)
    return Verdict("approved", f"{name.rpartition('model-package/')[2]} is Approved", answer)


def check_packages(answers: Answers, products: list[CatalogProduct]) -> Iterator[Finding]:
    """Judge the package of every version that is not retired, one line for each."""
    for product in products:
        for version in product.versions:
            if version.state != "retired":
                verdict = judge(version.entry, answers[version.entry.model_package])
                text = verdict.text
                if verdict.standing == "unknown":
                    text = f"{version.entry.model_package} could not be asked for: {text}."
                who = f"{product.file.key} {version.entry.version}"
                yield Finding(f"{who}: {text}", wrong=verdict.standing != "approved")


def containers_of(package: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """List the containers of a package."""
    return package.get("InferenceSpecification", {}).get("Containers", [])


def archive_of(container: Mapping[str, Any]) -> str | None:
    """Name a container's archive: by its older field, or by the one that also takes what is not compressed."""
    return container.get("ModelDataUrl") or _source(container).get("S3Uri")


def etag_of(container: Mapping[str, Any]) -> str | None:
    """Give the ETag that a container's archive had when it was registered; None where the registry keeps none."""
    return container.get("ModelDataETag") or _source(container).get("ETag")


def _source(container: Mapping[str, Any]) -> Mapping[str, str]:
    return container.get("ModelDataSource", {}).get("S3DataSource", {})


def person_of(package: Mapping[str, Any]) -> str:
    """Name who changed a package last: SageMaker's user, or the identity behind the call; empty where AWS says nobody.

    SageMaker keeps nobody else, so whoever changed something after the approval takes its author's place.
    """
    user = package.get("LastModifiedBy", {})
    identity = user.get("IamIdentity", {})
    name = user.get("UserProfileName") or identity.get("SourceIdentity") or identity.get("Arn", "")
    return name.rpartition("/")[2]


def reason_of(problem: Exception) -> str:
    """Say why AWS did not answer, in its own words."""
    if isinstance(problem, ClientError):
        return f"{code_of(problem)}: {message_of(problem)}".rstrip(".")
    return error_text(problem).rstrip(".")


def _difference(entry: VersionEntry, package: Mapping[str, Any]) -> str:
    """Say how the archive of a version is another than its package was approved with."""
    artifacts = entry.artifacts
    approved = {archive: etag_of(each) for each in containers_of(package) if (archive := archive_of(each))}
    if approved and artifacts.model_data not in approved:
        return (
            f"the catalog publishes {artifacts.model_data}, and {entry.model_package} was approved with "
            f"{', '.join(approved)}"
        )
    etag = (approved.get(artifacts.model_data) or "").strip('"')
    if etag and artifacts.etag and etag != artifacts.etag:
        return (
            f"the catalog publishes {artifacts.model_data} with the ETag {artifacts.etag}, and {entry.model_package} "
            f"was approved with {etag}"
        )
    return ""
