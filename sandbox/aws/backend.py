"""What all services share."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # pyright: ignore[reportMissingTypeStubs]

from sandbox.aws.organization import Organization
from sandbox.clock import Clock

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


class Identifiers:
    """Makes ids that depend on the seed and on what was made before in the same scope.

    Scopes (an account and a region, for example) do not disturb each other, so that two clients working
    at the same time in two accounts get the same ids in every run.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._made: Counter[str] = Counter()

    def new(self, prefix: str, *scope: str, length: int = 13) -> str:
        """An id such as `port-a2b3c4d5e6f7g`."""
        key = "/".join((prefix, *scope))
        self._made[key] += 1
        digest = hashlib.sha256(f"{self._seed}/{key}/{self._made[key]}".encode()).digest()
        return prefix + "".join(_ALPHABET[byte % 32] for byte in digest[:length])


moto = DomainDispatcherApplication(create_backend_app)
"""All of moto's services, for whoever calls from outside and for stacks."""


@dataclass
class Backend:
    """Virtual time, new ids and the organization."""

    clock: Clock
    identifiers: Identifiers
    organization: Organization
