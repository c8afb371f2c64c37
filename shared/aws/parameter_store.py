"""Reads parameters of Systems Manager's Parameter Store."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.session import error_text

_AT_ONCE: Final = 10
"""Names in one call (source: Systems Manager API reference, GetParameters, "Names")."""


@dataclass(frozen=True, slots=True)
class StoredParameter:
    """A parameter as the store has it.

    Attributes:
        value: Its value; of one that is encrypted and was not decrypted, its cipher.
        is_secret: It is a SecureString.
        mark: Its ARN and version, which tell nothing of the value and change with it.
    """

    value: str = field(repr=False)
    is_secret: bool
    mark: str


class UnreadableParametersError(Exception):
    """The credentials may not read a parameter, or not decrypt it; AWS's own words."""


def read_parameters(client: Any, names: Iterable[str], *, decrypted: bool) -> Mapping[str, StoredParameter]:  # noqa: ANN401 - a boto3 client
    """Read parameters by name, with or without a version or label after a colon; what is missing is left out.

    Raises:
        UnreadableParametersError: they cannot be read.
    """
    found: dict[str, StoredParameter] = {}
    for part in _parts(sorted(set(names))):
        try:
            answer: dict[str, list[dict[str, Any]]] = client.get_parameters(Names=part, WithDecryption=decrypted)
        except (BotoCoreError, ClientError) as problem:
            raise UnreadableParametersError(error_text(problem)) from None
        for each in answer["Parameters"]:
            name = part[0] if len(part) == 1 else str(each["Name"])
            found[name] = StoredParameter(
                str(each["Value"]), each["Type"] == "SecureString", f"{each.get('ARN', name)}:{each['Version']}"
            )
    return found


def _parts(names: Sequence[str]) -> Iterator[list[str]]:
    """Divide names into calls. One with a version or label has its own: the answer has the name without it."""
    plain = [name for name in names if ":" not in name]
    yield from (plain[first : first + _AT_ONCE] for first in range(0, len(plain), _AT_ONCE))
    yield from ([name] for name in names if ":" in name)
