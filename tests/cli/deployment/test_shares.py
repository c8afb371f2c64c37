"""Whether a hub's run failed for nothing but shares that suspended accounts cannot get."""

from collections.abc import Sequence
from typing import Any

import pytest

from cli.deployment import shares
from cli.deployment.shares import Row, lack_only_suspended
from hub.inspection.share_status import ShareState
from shared.errors import ConfigError
from tests.support.fake_account import always

WITH_ERRORS = "waiting for it to be ready: unexpected state 'COMPLETED_WITH_ERRORS', wanted target 'COMPLETED'"
UNIT = "ou-a1b2-c3d4e5f6"


def share(*errors: str, target: str = UNIT) -> dict[str, Any]:
    """Give a share as the engine's state has it."""
    inputs = {"type": "ORGANIZATIONAL_UNIT", "principalId": target, "portfolioId": "port-1"}
    return {"inputs": inputs, "outputs": inputs, "initErrors": list(errors)}


def row(state: ShareState, *, target: str = UNIT) -> Row:
    """Give what became of a share in an account."""
    known = {
        "portfolio": "online",
        "region": "eu-central-1",
        "type": "ORGANIZATIONAL_UNIT",
        "account": "1",
        "since": "",
    }
    return Row(**known, target=target, state=state)


ARRIVED, SUSPENDED = row(ShareState.ARRIVED), row(ShareState.SUSPENDED)


@pytest.mark.parametrize(
    ("made", "rows", "lack"),
    [
        ([share(WITH_ERRORS), share()], [ARRIVED, SUSPENDED], True),
        ([share(WITH_ERRORS)], [ARRIVED, SUSPENDED, row(ShareState.UNSHARED, target="ou-other")], True),
        ([share(WITH_ERRORS)], [ARRIVED, SUSPENDED, row(ShareState.MISSING)], False),
        ([share(WITH_ERRORS)], [ARRIVED], False),
        ([share(WITH_ERRORS), share("timeout while waiting")], [ARRIVED, SUSPENDED], False),
        ([share()], [ARRIVED, SUSPENDED], False),
        ([], [], False),
    ],
)
def test_only_the_suspended_lack_a_share(
    monkeypatch: pytest.MonkeyPatch, made: Sequence[dict[str, Any]], rows: Sequence[Row], *, lack: bool
) -> None:
    monkeypatch.setattr(shares, "resources_of", always(made))
    monkeypatch.setattr(shares, "rows_of", always(rows))

    assert lack is lack_only_suspended("hub")


def test_where_nobody_can_look_nothing_is_tolerated(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> list[Row]:
        raise ConfigError("no access", code="account-without-access")

    monkeypatch.setattr(shares, "resources_of", always([share(WITH_ERRORS)]))
    monkeypatch.setattr(shares, "rows_of", refuse)

    assert not lack_only_suspended("hub")
