"""The policy pack, started by the engine itself.

The language host that is built where Pulumi's own downloads are out of reach starts no packs (docs/adr/0002). A pack of
any other runtime is started by a program of its name, `pulumi-analyzer-policy-<runtime>`, as Python's were once. So the
pack runs here as it is, but for the name of its runtime.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Final

import pytest

from tests.support.paths import ROOT
from tests.support.stage import Stage

Preview = Callable[[str, dict[str, object]], CompletedProcess[str]]
_START: Final = "import runpy, sys; sys.argv = ['.']; runpy.run_path('.', run_name='__main__')"


@pytest.fixture(scope="module")
def preview(catalog: Stage, tmp_path_factory: pytest.TempPathFactory) -> Preview:
    """Preview a stack with the pack, configured like this."""
    folder = tmp_path_factory.mktemp("pack")
    shutil.copytree(ROOT / "policy", folder / "policy", ignore=shutil.ignore_patterns("__pycache__"))
    project = folder / "policy" / "PulumiPolicy.yaml"
    project.write_text(project.read_text().replace("name: python", "name: catalogpython"))
    starter = folder / "pulumi-analyzer-policy-catalogpython"
    starter.write_text(f'#!/bin/sh\nexec {sys.executable} -u -c "{_START}"\n')
    starter.chmod(0o755)

    def run(stack: str, config: dict[str, object]) -> CompletedProcess[str]:
        (folder / "config.json").write_text(json.dumps(config))
        command = ("pulumi", "-C", stack.partition("-")[0], "-s", stack, "preview", "--policy-pack", folder / "policy")
        path = os.pathsep.join([str(folder), catalog.environment()["PATH"]])
        return catalog.run(
            *map(str, command), "--policy-pack-config", str(folder / "config.json"), variables={"PATH": path}
        )

    return run


@pytest.mark.parametrize("stack", ["hub", "spoke-research"])
def test_what_the_shipped_settings_deploy_passes(preview: Preview, stack: str) -> None:
    done = preview(stack, {})

    assert done.returncode == 0, done.stdout
    assert "model-catalog" in done.stdout
    assert "mandatory" not in done.stdout


def test_what_the_pack_stops_does_not_go_on(preview: Preview) -> None:
    done = preview("spoke-research", {"launches-are-tagged": {"tags": ["cost-center"]}})

    assert done.returncode != 0
    assert "launches-are-tagged" in done.stdout
    assert "The launch has no tag cost-center." in done.stdout
