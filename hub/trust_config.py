"""What the settings of a hub say of trust: what a product may do beyond the list, and how the contract is signed."""

import datetime as dt
from typing import Annotated

from pydantic import Field

from shared.aws.arn import KeyArn
from shared.catalog.signature import PublicKey
from shared.validation import Key, SettingsDocument


class ExceptionSetting(SettingsDocument):
    """What a product may do or hold beyond what all may.

    Attributes:
        product: The product's key in the catalog.
        allow: Actions, resource types, services, roles, images, …, each as the refusal names it.
        reason: Why; spokes read it too.
    """

    product: Key
    allow: list[Annotated[str, Field(min_length=1)]] = Field(
        min_length=1,
        description="a list of what is allowed, as the refusal names it",
        examples=["[dynamodb:GetItem, AWS::DynamoDB::Table]"],
    )
    reason: str = Field(min_length=1, description="a sentence", examples=["Features are read from a table."])


class SigningSetting(SettingsDocument):
    """With which key the contract is signed.

    Attributes:
        public_key: The key that spokes have in `hub.contractKeys`.
        kms_key: The key of AWS KMS that it belongs to; without it, the private key is read from the environment.
        since: Signatures that were made before this day are made anew.
    """

    public_key: PublicKey
    kms_key: KeyArn | None = None
    since: dt.date | None = Field(default=None, description="a date in quotes", examples=['"2026-12-24"'])
