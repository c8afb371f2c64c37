"""The approval of a model, without which no version of it is published as active."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from shared.errors import ContentError
from shared.validation import AccountId, Document, Region

if TYPE_CHECKING:
    from hub.definitions.schema import ProductFile, VersionEntry


class Registry(Document):
    """The SageMaker model registry that a product's models come from.

    Attributes:
        account_id: The account that owns the registry and the models' artifacts.
        region: Where it is.
        group: The model package group.
    """

    account_id: AccountId
    region: Region
    group: str = Field(
        pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$",
        description="the name of a model package group",
        examples=["fraud-detector"],
    )


class Approval(Document):
    """Who let a model package be published, and when."""

    approved_by: str = Field(min_length=1, description="the team that approved the model", examples=["Model Risk"])
    approved_on: dt.date = Field(description="a date", examples=["2026-09-01"])


def check_approvals(path: Path, product: "ProductFile", day: dt.date) -> None:
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


def _check_origin(where: str, registry: Registry, entry: "VersionEntry") -> None:
    _, _, _, region, account, name = entry.model_package.split(":", 5)
    group = name.split("/")[1]
    for what, found, declared in (
        ("account", account, registry.account_id),
        ("region", region, registry.region),
        ("group", group, registry.group),
    ):
        if found != declared:
            raise ContentError(
                f"{where}.model_package: found {entry.model_package!r}, which is of the {what} {found}. The product's "
                f"registry is {declared}: correct one of the two."
            )
    key = entry.artifacts.kms_key
    if key and key.split(":")[4] != registry.account_id:
        raise ContentError(
            f"{where}.artifacts.kms_key: found {key!r}, which is of the account {key.split(':')[4]}. The artifacts are "
            f"those of the registry's account {registry.account_id}: name a key of that account."
        )


def _check_approval(where: str, entry: "VersionEntry", day: dt.date) -> None:
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
