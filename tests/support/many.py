"""Files of the platform team for a spoke of the small hub of `offers`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from spoke.config import SpokeSettings
from spoke.launches.contract_dependencies import Excerpts
from spoke.launches.holds import Holds
from spoke.launches.launches_file import Platform, read_platform
from spoke.launches.sources import SourceUse
from spoke.launches.wanted import WantedLaunches
from spoke.parameter_sources import SsmParameter
from tests.support.catalog_copy import DAY
from tests.support.offers import ACCOUNT, OFFER, read

WHERE = "Pulumi.spoke-research.yaml"
FACTS: Mapping[str, Any] = {
    "unit": "Workloads/Research",
    "unitIds": ["r-ab12", "ou-ab12-workload", "ou-ab12-research"],
    "tags": {"tier": "gold", "team": "risk"},
}
SCORING: Mapping[str, Any] = {
    "name": "scoring",
    "product": "scorer",
    "version": "1.1.0",
    "parameters": {"ModelDataUrl": "s3://models/scorer.tar.gz"},
}
ALL: Mapping[str, Any] = {"all": True}


def entry(*launches: Mapping[str, Any], **changed: object) -> dict[str, Any]:
    """Give an entry for every spoke, changed in the given keys; `whom` is its `for`."""
    whom = changed.pop("whom", ALL)
    return {"name": "baseline", "for": whom, "launches": [dict(each) for each in launches], **changed}


def write_platform(folder: Path, *entries: Mapping[str, Any], accounts: Mapping[str, Any] | None = None) -> Platform:
    """Write launches.yaml, and accounts.yaml unless there is nothing to tell, and read both."""
    (folder / "launches.yaml").write_text(yaml.safe_dump({"entries": list(entries)}, sort_keys=False))
    if accounts is not None:
        (folder / "accounts.yaml").write_text(yaml.safe_dump({"accounts": accounts}))
    return read_platform(folder)


def line_with(folder: Path, text: str) -> str:
    """Give the first line of launches.yaml that holds a text, as plans name it."""
    lines = (folder / "launches.yaml").read_text().splitlines()
    return f"launches.yaml:{next(number for number, line in enumerate(lines, 1) if text in line)}"


def spoke_settings(launches: Sequence[Mapping[str, Any]] = (), **changed: object) -> SpokeSettings:
    """Give a spoke's own settings."""
    given: dict[str, Any] = {"accountId": ACCOUNT, "aws:region": "eu-central-1", "launches": list(launches), **changed}
    return SpokeSettings.model_validate(given)


def excerpts(offer: Mapping[str, Any] = OFFER) -> Excerpts:
    """Give what cuts excerpts out of the small hub's contract."""
    return Excerpts(read(offer), DAY)


def wanted(
    settings: SpokeSettings, platform: Platform, offer: Mapping[str, Any] = OFFER, holds: Holds | None = None
) -> WantedLaunches:
    """Put a spoke's own launches and the platform team's together."""
    return excerpts(offer).wanted(settings, where=WHERE, platform=platform, holds=holds)


def source_use(source: Any = None, *, hidden: bool = False, region: str = "eu-central-1", name: str = "A") -> SourceUse:  # noqa: ANN401 - any source
    """Give a use of a source."""
    return SourceUse(
        launch="scoring",
        parameter=name,
        source=source or SsmParameter(ssm="/a"),
        place="here",
        region=region,
        hidden=hidden,
    )
