"""The gate of a hub's run: the model registry has the last word on what is offered.

It stands in previews and updates alike, before anything is made.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

import pulumi
from botocore.exceptions import BotoCoreError, ClientError

from hub.config import HubSettings
from hub.definitions.lifecycle import WITHDRAWN, Lifecycle
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from hub.inspection.registry.packages import Standing, Verdict, judge, person_of, reason_of
from hub.inspection.registry.published import Guidance, VersionName, published_versions
from hub.inspection.registry.questions import Answers, Asked, begin_to_ask
from shared.aws.arn import Arn
from shared.aws.caller import role_at_work
from shared.aws.session import Session
from shared.errors import PreflightError


@dataclass(frozen=True, slots=True)
class _Active:
    """A version that is to be active, and what the registry says of it."""

    product: CatalogProduct
    version: CatalogVersion
    verdict: Verdict

    def __str__(self) -> str:
        return f"{self.product.file.key} {self.version.entry.version}"

    @property
    def name(self) -> VersionName:
        """What AWS knows it by."""
        return self.product.file.name, self.version.entry.version

    @property
    def registry(self) -> str:
        arn = Arn.parse(self.version.entry.model_package)
        return f"the model registry of {arn.account} in {arn.region}"


def ask_registry(settings: HubSettings, catalog: Catalog) -> Asked:
    """Begin to ask the registry for every version that is active; what is given waits for the answers."""
    return begin_to_ask(
        (version.entry.model_package for _, version in _chosen(catalog)), partial(session_for, settings)
    )


def approved(settings: HubSettings, catalog: Catalog, asked: Asked, *, where: str) -> Catalog:
    """Judge every version that is active by what the registry says of it.

    What is published already and has lost its approval comes back deprecated, which spokes hear through the contract.

    Args:
        settings: The stack's.
        catalog: What it publishes.
        asked: What the registry was asked.
        where: Its settings file, for messages.

    Raises:
        PreflightError: names every version that is not what the registry approved, or cannot be asked for.
    """
    answers = asked()
    active = [_judged(product, version, answers) for product, version in _chosen(catalog)]
    refused: set[Standing] = {"missing", "differs"}
    if settings.registry.unreachable == "refuse":
        refused.add("unknown")
    # What AWS has already matters for versions without approval alone, and most runs have none.
    doubtful = [each for each in active if each.verdict.standing not in {"approved", *refused}]
    there = _published(settings, doubtful, where)
    ends = {each.name: end for each in doubtful if (end := _end(each, there.get(each.name), catalog.day))}
    wrong = [each for each in active if each.verdict.standing in refused]
    wrong += [each for each in doubtful if each.verdict.standing == "unapproved" and each.name not in ends]
    _refuse([*_unapproved(wrong, catalog), *_unasked(wrong, where)])
    _tell(active, ends)
    return with_ends(catalog, ends)


def _chosen(catalog: Catalog) -> list[tuple[CatalogProduct, CatalogVersion]]:
    return [(product, each) for product in catalog.products for each in product.versions if each.state == "active"]


def _published(settings: HubSettings, doubtful: Sequence[_Active], where: str) -> Mapping[VersionName, Guidance]:
    try:
        return published_versions(settings, [each.name for each in doubtful])
    except (BotoCoreError, ClientError) as problem:
        names = ", ".join(map(str, doubtful))
        raise PreflightError(
            f"Service Catalog does not say whether {names} is published already, and the registry does not approve it "
            f"today. Nothing was changed. Run it again, with credentials that may look. AWS says: "
            f"{reason_of(problem)}.",
            code="published-unknown",
            place=where,
        ) from None


def session_for(settings: HubSettings, account: str) -> Session:
    """Sign in to read the registry of an account: as its reader, or as the stack does where it is the hub's own."""
    role = settings.registry.assume_role
    if account == settings.account_id and (role is None or Arn.parse(role).account != account):
        role = role_at_work(settings.assume_role)
    return Session(region=settings.region, role=role)


def _judged(product: CatalogProduct, version: CatalogVersion, answers: Answers) -> _Active:
    return _Active(product, version, judge(version.entry, answers[version.entry.model_package]))


def _end(each: _Active, guidance: Guidance | None, day: dt.date) -> Lifecycle | None:
    """Say how a version that AWS has already ends today; None where it does not, or is not there.

    What an earlier run deprecated does not become active again only because the registry cannot be asked.
    """
    if each.verdict.standing == "unapproved" and guidance:
        changed = each.verdict.package.get("LastModifiedTime")
        since = min(changed.date(), day) if changed else day
        person, words = person_of(each.verdict.package), each.verdict.package.get("ApprovalDescription", "")
        reason = f"{WITHDRAWN} on {since}{person and f' by {person}'}{words and f': {words}'}"
    elif each.verdict.standing == "unknown" and guidance == "DEPRECATED":
        since, reason = None, f"{WITHDRAWN}, which cannot be asked today"
    else:
        return None
    planned = each.version.entry.lifecycle
    return Lifecycle(
        state="deprecated",
        deprecated_on=since,
        retires_on=planned.retires_on if planned else None,
        replacement=planned.replacement if planned else None,
        reason=" ".join(reason.split()),
    )


def _unapproved(wrong: Sequence[_Active], catalog: Catalog) -> Iterator[PreflightError]:
    for each in wrong:
        path = catalog.folder / "products" / each.product.file.key / "product.yaml"
        place = f"{path}: version {each.version.entry.version}"
        text = f"{each.verdict.text} Nothing was changed."
        match each.verdict.standing:
            case "unapproved":
                yield PreflightError(text, code="package-not-approved", place=place)
            case "missing":
                yield PreflightError(text, code="package-missing", place=place)
            case "differs":
                yield PreflightError(text, code="archive-not-approved", place=place)
            case _:
                pass  # nobody knows, and `_unasked` says so once for each registry


def _unasked(wrong: Sequence[_Active], where: str) -> Iterator[PreflightError]:
    for registry, names, reason in _by_registry(wrong):
        yield PreflightError(
            f"{registry} cannot be asked for {names}: {reason}. Nothing was changed. Check registry.assumeRole and the "
            f"policy of that role (docs/iam/registry-reader.json), or go on without the registry's word: "
            f"registry: {{unreachable: warn}}",
            code="registry-unreachable",
            place=f"{where}: registry",
        )


def _by_registry(active: Sequence[_Active]) -> Iterator[tuple[str, str, str]]:
    """Give each registry that did not answer, with the versions that it was asked for and the reason."""
    unknown = sorted((each for each in active if each.verdict.standing == "unknown"), key=lambda each: each.registry)
    for registry, found in groupby(unknown, key=lambda each: each.registry):
        versions = list(found)
        yield registry, ", ".join(map(str, versions)), versions[0].verdict.text


def _refuse(refusals: Sequence[PreflightError]) -> None:
    if len(refusals) == 1:
        raise refusals[0]
    if refusals:
        lines = [f"{len(refusals)} refusals.", *map(str, refusals)]
        raise PreflightError("\n".join(lines), code="several-mistakes")


def _tell(active: Sequence[_Active], ends: Mapping[VersionName, Lifecycle]) -> None:
    """Say what the registry said; what is good in previews only."""
    for registry, names, reason in _by_registry(active):
        pulumi.warn(f"{registry} cannot be asked: {reason}. Not confirmed to be approved: {names}")
    for each in active:
        if end := ends.get(each.name):
            number = each.version.entry.version
            pulumi.warn(
                f"{each}: {end.reason.rstrip('.')}. It is deprecated in this run: no new launches. Who runs it: "
                f"model-catalog fleet status --product {each.product.file.key} --version {number}"
            )
    good = [each for each in active if each.verdict.standing == "approved"]
    if good and pulumi.runtime.is_dry_run():
        pulumi.log.info(f"preflight: model registry: {len(good)} of {len(active)} active versions are Approved")


def with_ends(catalog: Catalog, ends: Mapping[VersionName, Lifecycle]) -> Catalog:
    """Give the catalog in which these versions are deprecated."""
    return replace(catalog, products=[_product_with_ends(product, ends) for product in catalog.products])


def _product_with_ends(product: CatalogProduct, ends: Mapping[VersionName, Lifecycle]) -> CatalogProduct:
    versions = list(product.versions)
    for index, version in enumerate(versions):
        if end := ends.get((product.file.name, version.entry.version)):
            entry = version.entry.model_copy(update={"lifecycle": end})
            versions[index] = replace(version, entry=entry, state="deprecated")
    return replace(product, versions=versions)
