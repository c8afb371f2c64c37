"""The official plug-in in the stand-in's place; an executable under its name plays it here."""

import sys
from pathlib import Path

import pytest

from sandbox.plugins import pinned
from tests.support.paths import ROOT
from tests.support.stage import Stage


@pytest.mark.stand_in_only("it puts an executable of its own in the official one's place")
def test_the_engine_runs_whatever_is_installed_under_the_official_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    plugin, ran = home / "plugins" / f"resource-aws-v{pinned()}" / "pulumi-resource-aws", tmp_path / "ran"
    plugin.parent.mkdir(parents=True)
    monkeypatch.setenv("PULUMI_HOME", str(home))
    plugin.write_text(
        f'#!/bin/sh\necho >>"{ran}"\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m sandbox.plugin "$@"\n'
    )
    plugin.chmod(0o755)
    with Stage(tmp_path / "stage", plugin="official") as stage:
        deployed = stage.up("organization")
        plugin.write_text('#!/bin/sh\necho "no port"\n')
        refused = stage.refuse("up-organization")
        plugin.write_bytes(b"\x7fELF\xff\xfe")
        not_started = stage.refuse("up-organization")

    assert "5 created" in deployed
    assert ran.exists()
    assert (
        'pulumi-resource-aws] wrote an invalid port to stdout: could not parse port: strconv.Atoi: parsing "no port"'
        in (refused)
    )
    assert "exec format error" in not_started
    assert b"\x7fELF\xff\xfe" == plugin.read_bytes()
