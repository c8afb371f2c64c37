"""Where the states of all stacks are, and the records beside them."""

from dataclasses import dataclass

from fleet.engine import Engine
from fleet.errors import SettingsError
from fleet.reach import refuse_missing_folder
from fleet.store.states import CloudStates, States, StoredStates
from fleet.store.storage import Storage, backend_url, is_cloud
from shared.stack.names import SPOKE_PROJECT


@dataclass(frozen=True, slots=True)
class Locations:
    """Where states and records are kept, by address, so that a worker elsewhere can open them too."""

    backend: str
    records: str


def locations_of(records: str | None) -> Locations:
    """Find the backend, and the records: where fleet.yaml says, or else beside the states.

    Raises:
        SettingsError: there is no backend, or it is Pulumi Cloud and fleet.yaml does not say where records go.
    """
    backend = backend_url()
    if records is None and is_cloud(backend):
        raise SettingsError(
            f"is missing. The backend {backend} keeps no files beside the state, so say where the records of success "
            f"go, for example records: s3://your-records-bucket",
            code="records-without-address",
            place="fleet.yaml: records",
        )
    return Locations(backend, records or backend)


def states_at(backend: str, engine: Engine, project: str = SPOKE_PROJECT) -> States:
    """Open the states of a project in a backend.

    Raises:
        UnreachableError: its folder is not there; one is never made for it.
    """
    refuse_missing_folder(backend)
    return CloudStates(engine, project) if is_cloud(backend) else StoredStates(Storage(backend), project)
