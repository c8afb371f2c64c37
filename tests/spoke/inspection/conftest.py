"""A spoke's preflight in an account that answers from lists."""

from copy import deepcopy
from typing import Any

import pytest

from spoke.inspection import preflight
from spoke.launches.claims import Claim
from tests.support import spoke_preflight
from tests.support.fake_account import FakeAccount, MissingError, always, heard
from tests.support.offers import ACCOUNT, OFFER
from tests.support.spoke_preflight import SHARED, Look, offered


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    """Carry the preflight out in an account where some things are otherwise, and give its lines."""

    def look(
        *,
        role: object = None,
        settings: dict[str, Any] | None = None,
        template: object = None,
        offer: dict[str, Any] | None = None,
        deployed: frozenset[Claim] | None = frozenset(),
        names: list[dict[str, Any]] | None = None,
        **listings: Any,  # noqa: ANN401 - whatever a listing answers
    ) -> list[str]:
        lines = heard(monkeypatch)
        calls = {
            "get_role": role or MissingError(),
            "describe_provisioning_artifact": template or offered("0" * 64),
            "search_provisioned_products": {"ProvisionedProducts": names or []},
        }
        account = FakeAccount(ACCOUNT, {**SHARED, **listings}, calls)
        monkeypatch.setattr(preflight, "AccountSession", always(account))
        monkeypatch.setattr(preflight, "begin_checks", always([]))
        preflight.preflight(spoke_preflight.plan(settings or {}, offer or deepcopy(dict(OFFER)), deployed=deployed))
        return lines

    return look
