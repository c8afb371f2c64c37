"""What a model registry knows of a package, in the words of the catalog's files."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from botocore.exceptions import BotoCoreError, ClientError

from hub.inspection.registry.packages import archive_of, containers_of, etag_of, person_of, reason_of
from hub.inspection.registry.sagemaker_form import card_of
from shared.aws.arn import Arn
from shared.aws.session import Session, code_of
from shared.documents import parse_json
from shared.errors import ContentError

_LONGEST_REPORT: Final = 1024 * 1024
"""Bytes; a report of metrics has a few thousand."""
_MOST_METRICS: Final = 100
_DENIED: Final = ("AccessDeniedException", "AccessDenied")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredModel:
    """A package as its registry describes it. What it does not know is empty.

    Attributes:
        archive: The S3 URI of the model.
        archive_etag: Of the archive, as it was registered.
        image: The image's URI, with the tag that it was registered by.
        image_digest: Of the image, as `sha256:…`.
        approved_by: Who changed the package last, which approving it does.
        approval_note: What the approver said.
        card: Parts of a model card, by the keys of the catalog's own.
        unread: What could not be read, and why.
    """

    package: str
    status: str
    description: str
    archive: str
    archive_etag: str
    image: str
    image_digest: str
    approved_by: str
    approved_on: dt.date | None
    approval_note: str
    card: Mapping[str, Any]
    unread: list[str] = field(default_factory=list[str])


def registered_model(session: Session, package: str) -> RegisteredModel:
    """Ask for a package, and for the reports of its metrics.

    Raises:
        ContentError: it is not in the registry.
        ClientError: AWS does not let the caller ask.
    """
    unread: list[str] = []
    found = _described(session, package, unread)
    containers = containers_of(found)
    container: Mapping[str, Any] = containers[0] if containers else {}
    approved = found.get("ModelApprovalStatus") == "Approved"
    changed: dt.datetime = found.get("LastModifiedTime") or found["CreationTime"]
    card = card_of(found.get("ModelCard", {}).get("ModelCardContent", ""))
    evaluations = [*card.get("evaluations", []), *_evaluations(session, found, unread)]
    return RegisteredModel(
        package=package,
        status=str(found.get("ModelApprovalStatus", "without an approval status")),
        description=_line(found.get("ModelPackageDescription", "")),
        archive=archive_of(container) or "",
        archive_etag=(etag_of(container) or "").strip('"'),
        image=str(container.get("Image", "")),
        image_digest=str(container.get("ImageDigest", "")),
        approved_by=(person_of(found) or person_of({"LastModifiedBy": found.get("CreatedBy", {})})) if approved else "",
        approved_on=changed.date() if approved else None,
        approval_note=_line(found.get("ApprovalDescription", "")) if approved else "",
        card={
            **card,
            **({"evaluations": evaluations} if evaluations else {}),
            "lineage": {**card.get("lineage", {}), **_origin(found), "registry_package": package},
        },
        unread=unread,
    )


def _described(session: Session, package: str, unread: list[str]) -> Mapping[str, Any]:
    client = session.client("sagemaker", Arn.parse(package).region)
    try:
        return client.describe_model_package(ModelPackageName=package)
    except ClientError as problem:
        if code_of(problem) == "ValidationException":
            raise ContentError(
                f"invalid value {package!r}. {reason_of(problem)}. Name a package that is in the registry.",
                code="package-missing",
                place="--package",
            ) from None
        if code_of(problem) not in _DENIED:
            raise
        # The content of a model card may be encrypted with a key that the caller may not use.
        found = client.describe_model_package(ModelPackageName=package, IncludedData="MetadataOnly")
        unread.append(f"the model card of {package}: {reason_of(problem)}")
        return found


def _origin(package: Mapping[str, Any]) -> dict[str, str]:
    """Say what made the model, and from which source."""
    given: Mapping[str, str] = package.get("MetadataProperties", {})
    made_by = given.get("GeneratedBy", "")
    found = {
        ("training_job" if ":training-job/" in made_by else "generated_by"): made_by,
        "repository": given.get("Repository", ""),
        "commit": given.get("CommitId", ""),
    }
    return {name: value for name, value in found.items() if value}


def _evaluations(session: Session, package: Mapping[str, Any], unread: list[str]) -> Iterator[dict[str, Any]]:
    """Read the report of the model's quality (SageMaker API reference, ModelMetrics)."""
    uri = package.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {}).get("S3Uri", "")
    if not uri:
        return
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        body = session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read(_LONGEST_REPORT + 1)
        report = parse_json(body) if len(body) <= _LONGEST_REPORT else None
    except (BotoCoreError, ClientError, ValueError) as problem:
        unread.append(f"the metrics in {uri}: {reason_of(problem)}")
        return
    groups = dict(_groups(report))
    if not groups:
        unread.append(f"the metrics in {uri}: it holds no figures that could be told from others")
    for name, figures in groups.items():
        metrics = [{"name": metric, "value": value} for metric, value in figures[:_MOST_METRICS]]
        yield {"name": name, "observation": f"As reported in {uri}.", "metrics": metrics}


def _groups(report: object) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Find the figures of a report: numbers by name, alone or as `value`, in groups of a name each."""
    if not isinstance(report, dict):
        return
    parts = cast("dict[str, Any]", report)
    figures = [(_words(name), value) for name, part in parts.items() if (value := _figure(part)) is not None]
    if figures:
        yield "evaluation", figures
    for name, part in parts.items():
        if isinstance(part, dict) and _figure(part) is None:
            inside = cast("dict[str, Any]", part)
            for _, found in _groups({key: value for key, value in inside.items() if _figure(value) is not None}):
                yield _words(name), found


def _figure(part: Any) -> float | None:  # noqa: ANN401 - JSON
    value: Any = cast("dict[str, Any]", part).get("value") if isinstance(part, dict) else part
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - NaN alone
        return None
    return value


def _words(name: str) -> str:
    return " ".join(name.replace("_", " ").split())[:63]


def _line(text: str) -> str:
    return " ".join(text.split())
