"""The approval of a model, without which no version of it is published as active."""

import datetime as dt

from pydantic import Field

from shared.checking import AccountId, Document, Region


class Registry(Document):
    """The SageMaker model registry that a product's models come from.

    Attributes:
        account_id: The account that owns the registry and the models' artefacts.
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
