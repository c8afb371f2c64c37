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


_RULES: dict[str, Any] = {
    "version": "1.0",
    "parameters": {
        "Endpoint": {"type": "String", "builtIn": "SDK::Endpoint", "required": True, "documentation": ""},
        "Region": {"type": "String", "builtIn": "AWS::Region", "required": False, "documentation": ""},
        "Bucket": {"type": "String", "required": False, "documentation": ""},
    },
    "rules": [
        {
            "conditions": [{"fn": "isSet", "argv": [{"ref": "Bucket"}]}],
            "endpoint": {"url": "{Endpoint}/{Bucket}", "properties": {}, "headers": {}},
            "type": "endpoint",
        },
        {"conditions": [], "endpoint": {"url": "{Endpoint}", "properties": {}, "headers": {}}, "type": "endpoint"},
    ],
}
"""Every client here is given its endpoint, and buckets are named in the path."""


class LeanLoader(Loader):
    """Loads the data of botocore without looking into 440 folders, or for addresses that nobody calls."""

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:  # noqa: ANN401 - as in the base class
        """A description of a service; the rules for its address are the same for all."""
        if type_name == "endpoint-rule-set-1":
            return _RULES
        return super().load_service_model(service_name, type_name, api_version)

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


def without_asyncio() -> None:
    """Let gRPC be imported without its asyncio half, and asyncio with it."""
    sys.modules["grpc.aio"] = ModuleType("grpc.aio")
