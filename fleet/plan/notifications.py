"""Who is told how a rollout goes: `notifications` of fleet.yaml."""

import os
from collections.abc import Iterator
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from fleet.errors import SettingsError
from shared.aws.arn import EventBusArn, TopicArn
from shared.between_fields import between_fields
from shared.errors import Mistake
from shared.validation import SettingsDocument

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def _address(text: str) -> str:
    """Refuse what would send what a fleet does in the clear."""
    try:
        parts = urlsplit(text)
        good = bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        )
        _ = parts.port
    except ValueError:
        good = False
    if not good:
        raise Mistake(
            "invalid value. Expected an address that begins with https://, for example https://hooks.example.com/fleet.",
            code="webhook-invalid",
        )
    return text


Webhook = Annotated[
    str,
    AfterValidator(_address),
    Field(description="an address that begins with https://", examples=["https://hooks.example.com/fleet"]),
]


class Notification(SettingsDocument):
    """Somebody who is told.

    Attributes:
        topic: A topic of SNS.
        event_bus: A bus of EventBridge.
        webhook: An address that events are posted to.
        webhook_variable: A variable of the environment that has such an address, where the address is a secret.
        only: What is told; without it, everything.
    """

    topic: TopicArn | None = None
    event_bus: EventBusArn | None = None
    webhook: Webhook | None = None
    webhook_variable: (
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
                description="the name of a variable of the environment",
                examples=["FLEET_WEBHOOK"],
            ),
        ]
        | None
    ) = None
    only: list[Literal["begun", "baked", "wave", "failed", "ended"]] = Field(
        default=[], description="a list of begun, baked, wave, failed and ended", examples=["[failed, ended]"]
    )

    @between_fields
    def _names_one(self) -> Iterator[Mistake]:
        if sum(each is not None for each in (self.topic, self.event_bus, self.webhook, self.webhook_variable)) != 1:
            yield Mistake(
                "names none or several to tell. Give it one of topic, eventBus, webhook and webhookVariable, and write "
                "an entry for each.",
                code="notification-names-not-one",
            )

    @property
    def name(self) -> str:
        """How it is called in messages: an address from the environment is never told."""
        return str(self.topic or self.event_bus or self.webhook or self.webhook_variable)

    def address(self, *, where: str) -> str:
        """Give the webhook's address.

        Raises:
            SettingsError: the variable is not set, or holds none.
        """
        if self.webhook:
            return self.webhook
        try:
            return _address(os.environ.get(str(self.webhook_variable), ""))
        except Mistake:
            raise SettingsError(
                f"the variable {self.webhook_variable} of the environment holds no address that begins with https://. "
                f"Set it, or remove the entry.",
                code="webhook-variable-unset",
                place=f"{where}.webhookVariable",
            ) from None
