"""What all services share."""

from dataclasses import dataclass

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # pyright: ignore[reportMissingTypeStubs]

from sandbox.aws.identifiers import Identifiers
from sandbox.aws.organization import Organization
from sandbox.clock import Clock

moto = DomainDispatcherApplication(create_backend_app)
"""All of moto's services, for whoever calls from outside and for stacks."""


@dataclass
class Backend:
    """Virtual time, new ids and the organization."""

    clock: Clock
    identifiers: Identifiers
    organization: Organization
