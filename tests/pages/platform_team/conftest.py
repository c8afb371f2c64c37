"""The pages of a fleet, rendered."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from fleet.store.storage import Storage
from pages.platform_team.collect import platform_of
from pages.platform_team.render import platform_pages
from pages.platform_team.shapes import Platform
from pages.web.rendering import environment
from tests.support.platform_fleet import BEGUN, arrivals, context, planned, report, write_history, write_report

Pages = Mapping[str, str]


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Platform]:
    """Give a way to collect what a fleet of so many spokes is; with nobody in it, nothing ever ran."""
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())

    def collect(count: int) -> Platform:
        if count:
            write_history(Storage((tmp_path / "backend").as_uri()), count)
            write_report(tmp_path, report(count))
        return platform_of(planned(tmp_path, count), arrivals=arrivals(count))

    return collect


@pytest.fixture
def pages(platform: Callable[[int], Platform]) -> Callable[..., Pages]:
    """Give a way to render the pages of a fleet of so many spokes."""

    def render(count: int, **changed: Any) -> Pages:  # noqa: ANN401 - any part of a platform
        found = platform(count).model_copy(update=changed)
        return platform_pages(environment(), context(), found, now=BEGUN)

    return render
