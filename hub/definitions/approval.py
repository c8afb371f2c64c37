"""The approval of a model, without which no version of it is published as active."""

import datetime as dt
from pathlib import Path

from hub.definitions.schema import ProductFile, Registry, VersionEntry
from shared.aws.arn import Arn
from shared.errors import ContentError


def check_approvals(path: Path, product: ProductFile, day: dt.date) -> None:
    """Refuse versions of other registries, and active ones that nobody approved.

    Args:
        path: The product's file.
        product: What it says.
        day: The day whose states count.

    Raises:
        ContentError: names the version and the field.
    """
    for index, entry in enumerate(product.versions):
        where = f"{path}: versions[{index}]"
        _check_origin(where, product.registry, entry)
        _check_approval(where, entry, day)


def _check_origin(where: str, registry: Registry, entry: VersionEntry) -> None:
    package = Arn.parse(entry.model_package)
    for what, found, declared in (
        ("account", package.account, registry.account_id),
        ("region", package.region, registry.region),
        ("group", package.resource.split("/")[1], registry.group),
    ):
        if found != declared:
            raise ContentError(
                f"{where}.model_package: found {entry.model_package!r}, which is of the {what} {found}. The product's "
                f"registry is {declared}: correct one of the two."
            )
    key = entry.artifacts.kms_key
    if key and (owner := Arn.parse(key).account) != registry.account_id:
        raise ContentError(
            f"{where}.artifacts.kms_key: found {key!r}, which is of the account {owner}. The artifacts are "
            f"those of the registry's account {registry.account_id}: name a key of that account."
        )


def _check_approval(where: str, entry: VersionEntry, day: dt.date) -> None:
    if entry.approval is None:
        if entry.life.state_on(day) == "active":
            raise ContentError(
                f"{where}.approval is missing, and {entry.version} would be published as active. Have "
                f"{entry.model_package} approved in the registry, then say here who approved it and when."
            )
    elif entry.approval.approved_on > entry.released:
        raise ContentError(
            f"{where}.approval.approved_on: found {entry.approval.approved_on}, after the release on {entry.released}. "
            f"A version is released once its model is approved: correct one of the dates."
        )
