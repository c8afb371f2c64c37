"""Events of a stack's history, as runs leave them."""

import datetime as dt
from typing import Any

from fleet.store.history import Event, LaunchInEvent
from fleet.store.records import ContractRef, DeployedModel

BEGUN = dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC)
ADA, CI = "arn:aws:iam::300000000001:user/ada", "arn:aws:sts::999900001111:assumed-role/ci/run-7"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
PACKAGE = "arn:aws:sagemaker:eu-central-1:222233334444:model-package/embedder/"


def launch(name: str = "search", version: str = "1.0.0", **changed: Any) -> LaunchInEvent:  # noqa: ANN401 - any field
    """Make a launch of a version that brings its model."""
    model = DeployedModel(
        package=f"{PACKAGE}{version[0]}", archive=f"s3://models/{version}.tar.gz", digest=f"etag:{version}", own=False
    )
    known: dict[str, Any] = {
        "name": name,
        "product": "embedder",
        "product_id": "prod-embedder",
        "version": version,
        "region": "eu-central-1",
        "status": "AVAILABLE",
        "template": f"sha-of-{version}",
        "model": model,
    }
    return LaunchInEvent(**{**known, **changed})


def event(day: int = 0, *launches: LaunchInEvent, **changed: Any) -> Event:  # noqa: ANN401 - any field
    """Make the event of a run, so many days after the first."""
    known: dict[str, Any] = {
        "stack": "spoke-a",
        "account": "300000000001",
        "time": BEGUN + dt.timedelta(days=day),
        "operation": "up",
        "outcome": "succeeded",
        "actor": ADA,
        "role": "",
        "commit": COMMIT,
        "contract": ContractRef(hub="hub", content_hash="sha256:c0ffee0123456789"),
        "launches": list(launches),
    }
    return Event(**{**known, **changed})
