"""A launch stays at a version that a rollout has said, whatever its settings say."""

from pathlib import Path

import pytest

from shared.errors import ConfigError
from spoke.launches.holds import HELD, Hold, holds_here, variables_of
from spoke.launches.launches_file import read_platform
from tests.support.many import SCORING, spoke_settings, wanted
from tests.support.refused import refused

EMBEDDER = {"name": "search", "product": "embedder", "version": "1.0.0"}


def test_a_launch_stays_at_a_version_as_long_as_its_settings_mean_the_one_that_was_taken_back(tmp_path: Path) -> None:
    platform = read_platform(tmp_path)
    own = spoke_settings([{**SCORING, "version": "~1"}, EMBEDDER])
    hold = Hold(version="1.0.0", instead_of="1.1.0", reason="1.1.0 was taken back")
    held = wanted(own, platform, holds={"scoring": hold})
    other = wanted(own, platform, holds={"scoring": hold.model_copy(update={"instead_of": "1.0.9"})})

    assert ["1.0.0", "1.0.0"] == [launch.version for launch in held.settings.launches]
    assert {"scoring": (hold, "~1")} == held.held
    assert ["scoring: stays at 1.0.0: 1.1.0 was taken back"] == list(held.told)
    assert ("scorer", "1.1.0") == (held.chosen["scoring"][0].original_key, held.chosen["scoring"][1])
    assert (own, {}) == (other.settings, other.held)


def test_a_program_is_told_by_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    holds = {"scoring": Hold(version="1.0.0", instead_of="1.1.0", reason="it was slow", lasting=True)}
    for name, text in variables_of(holds).items():
        monkeypatch.setenv(name, text)

    assert holds == holds_here()
    assert {} == variables_of({})


@pytest.mark.parametrize("text", ["x", "[]", '{"scoring": {}}', '{"scoring": "1.0.0"}'])
def test_what_no_rollout_has_written_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(HELD, text)

    with refused(ConfigError, "holds-invalid", HELD):
        holds_here()
