"""The ids of the units that a hub shares with: another unit can have the same path, and then its share is another."""

from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from hub.config import HubSettings
from shared.aws.organization import Organization
from spoke.launches.contract_dependencies import Parts, digest

UNITS: Final = "units of shares"
_UNIT: Final = "ORGANIZATIONAL_UNIT"


def unit_part(settings: HubSettings, organization: Organization) -> Parts | None:
    """Give the part for the units as they are today; None where they cannot be read.

    Raises:
        ConfigError: there is no unit of that path, so a run would be refused.
    """
    try:
        found = {
            (share.portfolio, _id_of(str(share.target), organization))
            for share in settings.shares
            if share.type == _UNIT
        }
    except (BotoCoreError, ClientError):
        return None
    return _part(found)


def published_units(settings: HubSettings, published: Mapping[str, Any]) -> Parts:
    """Give the same as a run found it, from the contract that it wrote."""
    try:
        portfolios: Mapping[str, Any] = published["regions"][settings.region]["portfolios"]
        return _part(
            {
                (key, str(share["target"]))
                for key, portfolio in portfolios.items()
                for share in portfolio["shares"]
                if share["type"] == _UNIT
            }
        )
    except (KeyError, TypeError, AttributeError):
        return {}


def _id_of(target: str, organization: Organization) -> str:
    if target.startswith("ou-"):
        return target
    return organization.path_of(target, where="shares").rstrip("/").rpartition("/")[2]


def _part(found: set[tuple[str, str]]) -> Parts:
    return {UNITS: digest(sorted(found))} if found else {}
