"""The endpoints that stand in the place of AWS's own, by variables or by the profile, as AWS's clients find them."""

import configparser
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SERVICES: Final = (
    *("budgets", "cloudformation", "iam", "organizations", "s3", "sagemaker", "service_catalog", "sns", "sts"),
)
"""Those that programs and commands ask, as variables and profiles name them (source: AWS SDKs and Tools Reference
Guide, "Service-specific endpoints")."""

_ALL: Final = "AWS_ENDPOINT_URL"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address in place of AWS's own, what names it, and the service that it is of; empty where it is of all."""

    url: str
    named_by: str
    service: str = ""


def named_endpoints() -> Iterator[Endpoint]:
    """List the endpoints that are named, a service's own before the one for all."""
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return
    profile, services, name = _profile()
    whole = os.environ.get(_ALL)
    for service in _SERVICES:
        variable = f"{_ALL}_{service.upper()}"
        if url := os.environ.get(variable):
            yield Endpoint(url, variable, service)
        elif not whole and (url := services.get(service)):
            yield Endpoint(url, f"endpoint_url of {service} in the profile {name}", service)
    if whole:
        yield Endpoint(whole, _ALL)
    elif url := profile.get("endpoint_url"):
        yield Endpoint(url, f"endpoint_url in the profile {name}")


def _profile() -> tuple[Mapping[str, str], Mapping[str, str], str]:
    """Read a profile's own settings, and the endpoints of its services (source: the same guide, "Shared config")."""
    name = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser())
    except (configparser.Error, OSError, ValueError):
        return {}, {}, name  # the clients say what is wrong with it
    section = name if name == "default" else f"profile {name}"
    profile = dict(parser[section]) if parser.has_section(section) else {}
    listed = f"services {profile.get('services', '')}"
    services = dict(parser[listed]) if parser.has_section(listed) else {}
    found: dict[str, str] = {}
    for service, lines in services.items():
        for line in lines.splitlines():
            key, _, value = line.partition("=")
            if key.strip() == "endpoint_url":
                found[service] = value.strip()
    return profile, found, name
