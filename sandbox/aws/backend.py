"""What all services share."""

from dataclasses import dataclass

from sandbox.aws.identifiers import Identifiers
from sandbox.aws.organization import Organization
from sandbox.clock import Clock


@dataclass
class Backend:
    """Virtual time, new ids and the organization."""

    clock: Clock
    identifiers: Identifiers
    organization: Organization
