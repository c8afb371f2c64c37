"""A value of a stack's settings that stands there encrypted, as `pulumi config set --secret --path` writes it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, cast

from pydantic import InstanceOf, PlainSerializer

HIDDEN: Final = "(hidden)"
"""Stands for a value that is not to be told."""

_SECURE: Final = "secure"
_REFERENCE: Final = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure|ssm):[^{}\s]+\}\}")


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A value that nobody is told.

    It is never text itself, so that no message, output or file takes it in by accident.

    Attributes:
        cipher: As the settings file has it. Encrypting the same value again gives another one, so it tells nothing of
            the value to whoever lacks the key, and changes whenever the value does.
        plain: The value itself; None for whoever did not decrypt it.
    """

    cipher: str
    plain: str | None = None

    def __repr__(self) -> str:
        """Tell nothing."""
        return HIDDEN

    @classmethod
    def joined(cls, parts: list["Secret | str"]) -> "Secret":
        """Make one value of a list some of whose items are secret."""
        ciphers = [part.cipher if isinstance(part, Secret) else part for part in parts]
        plain = [part.plain if isinstance(part, Secret) else part for part in parts]
        known = [part for part in plain if part is not None]
        return cls(",".join(ciphers), ",".join(known) if len(known) == len(plain) else None)


def _written(secret: Secret) -> dict[str, str]:
    return {_SECURE: secret.cipher}


SecretValue = Annotated[InstanceOf[Secret], PlainSerializer(_written)]
"""A secret in a model, which writes it as the settings file does."""


class OtherSettingsError(Exception):
    """What was decrypted is not what the file holds."""


def refers_to_secret(value: str) -> bool:
    """Say whether a text names a value of Secrets Manager or the Parameter Store, and nothing beside it.

    CloudFormation puts the value in where a resource's property takes it (source: CloudFormation User Guide, "Get
    values stored in other services using dynamic references").
    """
    return bool(_REFERENCE.fullmatch(value))


def marked(written: object) -> object:
    """Find the secrets in what a settings file holds."""
    match written:
        case {"secure": str(cipher)} if len(cast("dict[str, object]", written)) == 1:
            return Secret(cipher)
        case dict():
            return {key: marked(value) for key, value in cast("dict[object, object]", written).items()}
        case list():
            return [marked(value) for value in cast("list[object]", written)]
        case _:
            return written


def decrypted(written: object, given: object) -> object:
    """Give what the engine decrypted with the marks of what the file holds.

    The engine hands a list or map over as a whole and says of the whole that it holds a secret.

    Raises:
        OtherSettingsError: the two are not of the same settings.
    """
    match written:
        case Secret():
            return replace(written, plain=given if isinstance(given, str) else str(given))
        case dict():
            parts = cast("Mapping[object, object]", written)
            if not isinstance(given, dict) or parts.keys() != cast("dict[object, object]", given).keys():
                raise OtherSettingsError
            values = cast("dict[object, object]", given)
            return {key: decrypted(part, values[key]) for key, part in parts.items()}
        case list():
            items = cast("list[object]", written)
            if not isinstance(given, list) or len(items) != len(cast("list[object]", given)):
                raise OtherSettingsError
            return [decrypted(*pair) for pair in zip(items, cast("list[object]", given), strict=True)]
        case _:
            return given


def secrets_in(found: object, place: str = "") -> Iterator[tuple[str, Secret]]:
    """Give all secrets, each with the path that leads to it."""
    match found:
        case Secret():
            yield place, found
        case dict():
            for key, part in cast("dict[Any, object]", found).items():
                yield from secrets_in(part, f"{place}.{key}" if place else str(key))
        case list():
            for index, part in enumerate(cast("list[object]", found)):
                yield from secrets_in(part, f"{place}[{index}]")
        case _:
            pass


def redacted(text: str, secrets: Iterable[Secret]) -> str:
    """Take the values of secrets out of a text."""
    for value in sorted({each.plain for each in secrets if each.plain}, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    return text
