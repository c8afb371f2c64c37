"""The approval of a model, without which no version of it is published as active."""

import datetime as dt
from pathlib import Path

from hub.definitions.schema import ProductFile, Registry, VersionEntry
from shared.aws.arn import Arn
from shared.collecting import Mistakes
from shared.errors import ContentError


def check_approvals(path: Path, product: ProductFile, day: dt.date) -> None:
    """Refuse versions of other registries, and active ones that nobody approved.

    Args:
        path: The product's file.
        product: What it says.
        day: The day whose states count.

    Raises:
        ContentError: names each version and field.
    """
    mistakes = Mistakes()
    for index, entry in enumerate(product.versions):
        where = f"{path}: versions[{index}]"
        with mistakes:
            _check_release(where, entry, day)
        with mistakes:
            check_origin(f"{where}.model_package", product.registry, entry.model_package)
        with mistakes:
            _check_key(where, product.registry, entry)
        with mistakes:
            _check_approval(where, entry, day)
    mistakes.refuse()


def check_origin(where: str, registry: Registry, model_package: str) -> None:
    """Refuse a package of another registry.

    Raises:
        ContentError: names the place and what differs.
    """
    package = Arn.parse(model_package)
    for what, found, declared in (
        ("account", package.account, registry.account_id),
        ("region", package.region, registry.region),
        ("group", package.resource.split("/")[1], registry.group),
    ):
        if found != declared:
            raise ContentError(
                f"invalid value {model_package!r}. Its {what} is {found}, and the registry's is {declared}: "
                f"correct one of the two.",
                code="package-of-another-registry",
                place=where,
            )


def _check_release(where: str, entry: VersionEntry, day: dt.date) -> None:
    """Refuse to publish what is released later: whoever reads its date would not look for it yet.

    Somewhere on earth it is tomorrow already.
    """
    today = max(day, dt.datetime.now(dt.UTC).date())
    if (entry.released - today).days > 1:
        raise ContentError(
            f"invalid value {entry.released}. The version would be published today, {today}: correct the date, or add "
            f"the version on that day.",
            code="released-later",
            place=f"{where}.released",
        )


def _check_key(where: str, registry: Registry, entry: VersionEntry) -> None:
    key = entry.artifacts.kms_key
    if key and (owner := Arn.parse(key).account) != registry.account_id:
        raise ContentError(
            f"invalid value {key!r}. The artifacts are those of the registry's account {registry.account_id}, and the "
            f"key is of the account {owner}: name a key of the registry's account.",
            code="key-of-another-account",
            place=f"{where}.artifacts.kms_key",
        )


def _check_approval(where: str, entry: VersionEntry, day: dt.date) -> None:
    if entry.approval is None:
        if entry.life.state_on(day) == "active":
            raise ContentError(
                f"is missing, and {entry.version} would be published as active. Have {entry.model_package} approved "
                f"in the registry, then say here who approved it and when.",
                code="approval-missing",
                place=f"{where}.approval",
            )
    elif entry.approval.approved_on > entry.released:
        raise ContentError(
            f"invalid value {entry.approval.approved_on}. The version is released on {entry.released}, before its "
            f"model is approved: correct one of the dates.",
            code="approved-after-release",
            place=f"{where}.approval.approved_on",
        )
