"""Whether the models behind the catalog are there: approved in the registry, and their archives in their places."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from cli.catalog.samples import samples
from hub.config import HubSettings
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from hub.inspection.registry.gate import session_for
from hub.inspection.registry.packages import judge
from hub.inspection.registry.questions import ask
from shared.aws.endpoints import named_endpoints
from shared.aws.preflight import Check, Finding, failed, warning
from shared.aws.reach import is_loopback
from shared.aws.session import Session, code_of, error_text

_GONE: Final = ("404", "NoSuchKey", "NoSuchBucket", "NotFound")


def models(settings: HubSettings, catalog: Catalog, folder: Path) -> list[Check]:
    """List the checks of the versions that are offered."""
    offered = [(product, each) for product in catalog.products for each in product.versions if each.state == "active"]
    sessions: dict[str, Session] = {}

    def own() -> Iterator[Finding]:
        """Whether the catalog is the company's own."""
        found = [key for key, _ in samples(folder / "products")]
        if found and not any(is_loopback(each.url) for each in named_endpoints()):
            yield failed(
                "catalog",
                f"{', '.join(found)} are samples, whose models are in an account of AWS's documentation that nobody "
                f"has. Take them out: model-catalog models remove-samples",
            )

    def registry() -> Iterator[Finding]:
        """The model registry."""
        answers = ask((version.entry.model_package for _, version in offered), partial(session_for, settings))
        wrong = list(_wrong(offered, answers))
        yield from wrong
        if offered and not wrong:
            yield Finding("model registry", f"{len(offered)} active versions are Approved")

    def archives() -> Iterator[Finding]:
        """The models' archives."""
        places = {(product.file.registry.account_id, product.file.registry.region) for product, _ in offered}
        for account, region in sorted(places):
            session = sessions.setdefault(account, session_for(settings, account))
            uris = {
                version.entry.artifacts.model_data: f"{product.file.key} {version.entry.version}"
                for product, version in offered
                if (product.file.registry.account_id, product.file.registry.region) == (account, region)
            }
            yield from _archives(session, region, uris)

    return [own, registry, archives]


def _wrong(offered: list[tuple[CatalogProduct, CatalogVersion]], answers: Mapping[str, Any]) -> Iterator[Finding]:
    unasked: dict[str, list[str]] = {}
    for product, version in offered:
        verdict = judge(version.entry, answers[version.entry.model_package])
        who = f"{product.file.key} {version.entry.version}"
        if verdict.standing == "unknown":
            unasked.setdefault(verdict.text, []).append(who)
        elif verdict.standing != "approved":
            yield failed(f"model of {who}", verdict.text)
    for reason, versions in unasked.items():
        yield failed(
            "model registry",
            f"cannot be asked for {', '.join(versions)}: {reason}. Check registry.assumeRole and the policy of that "
            f"role (docs/iam/registry-reader.json)",
        )


def _archives(session: Session, region: str, uris: Mapping[str, str]) -> Iterator[Finding]:
    there, unseen = 0, list[str]()
    for uri, who in uris.items():
        try:
            if _is_there(session, region, uri):
                there += 1
                continue
        except (ClientError, BotoCoreError) as problem:
            unseen.append(f"{who} ({error_text(problem)})")
            continue
        yield failed(
            f"archive of {who}", f"{uri} is not there. Upload it, or correct artifacts.model_data in product.yaml"
        )
    if there:
        yield Finding("archives", f"{there} of {len(uris)} are where product.yaml says")
    if unseen:
        yield warning("archives", f"not looked for: {'; '.join(unseen)}. Whoever owns the bucket sees: models verify")


def _is_there(session: Session, region: str, uri: str) -> bool:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    s3 = session.client("s3", region)
    try:
        if key.endswith("/") or not key:  # a model for each name below it
            return bool(s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("KeyCount"))
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as problem:
        if code_of(problem) in _GONE:
            return False
        raise
    return True
