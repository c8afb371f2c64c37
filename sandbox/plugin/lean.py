"""Keeps a start cheap: the engine starts this program for every provider of every command."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from botocore.loaders import Loader
from botocore.session import Session

_SERVICES = ["cloudformation", "iam", "organizations", "s3", "servicecatalog", "sts"]
_ENDPOINTS = {
    "partitions": [
        {
            "partition": "aws",
            "dnsSuffix": "amazonaws.com",
            "regionRegex": r"^\w+(-\w+)+-\d+$",
            "defaults": {"hostname": "{service}.{region}.{dnsSuffix}", "protocols": ["https"]},
            "regions": {},
            "services": {},
        }
    ]
}


class LeanLoader(Loader):
    """Loads the data of botocore without looking into 440 folders, or for addresses that nobody calls."""

    def list_available_services(self, type_name: str) -> list[str]:
        """The services of this plug-in."""
        del type_name
        return _SERVICES

    def load_data_with_path(self, name: str) -> Any:  # noqa: ANN401 - as in the base class
        """The data of one file; every client here is given its endpoint, so the list of endpoints is short."""
        return (_ENDPOINTS, "") if name == "endpoints" else super().load_data_with_path(name)


def lean_session(profile: str | None) -> Session:
    """Make clients with that loader."""
    session = Session(profile=profile)
    session.register_component("data_loader", LeanLoader())
    return session


def without_the_sdk() -> None:
    """Let the protocol's generated modules be imported without the Pulumi SDK around them, which costs 0.1 s.

    Only for a process that never uses the SDK: `import pulumi` finds an empty package afterwards.
    """
    spec = importlib.util.find_spec("pulumi")
    if spec is None or not spec.submodule_search_locations:
        return
    folder = Path(spec.submodule_search_locations[0])
    for name in ("pulumi", "pulumi.runtime", "pulumi.runtime.proto"):
        package = ModuleType(name)
        package.__path__ = [str(folder.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
