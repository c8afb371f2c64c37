"""The engine reads a settings file as `shared.stack.stack_file` does."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from shared.stack.stack_file import StackFile
from tests.support.engine_values import NESTED, TEXTS
from tests.support.paths import ROOT


def test_the_engine_hands_over_what_we_read(tmp_path: Path) -> None:
    texts = [f"  model-catalog-hub:text{index}: {written}" for index, (written, _) in enumerate(TEXTS)]
    items = [f"    - {written}" for written, _ in NESTED]
    lines = ["config:", "  short: 1", *texts, "  model-catalog-hub:nested:", *items, "  pulumi:tags: {a: 1}"]
    path = tmp_path / "Pulumi.hub.yaml"
    path.write_text("\n".join(lines))
    (tmp_path / "Pulumi.yaml").write_text("name: model-catalog-hub\nruntime: python\n")
    (tmp_path / "backend").mkdir()

    _ = pulumi(tmp_path, "stack", "init", "hub")
    shown: dict[str, Any] = json.loads(pulumi(tmp_path, "config", "--json", "--stack", "hub"))

    read = {key: structured(text) for key, text in StackFile(path).given.items()}
    assert {key: structured(found["value"]) for key, found in shown.items()} == read
    assert [value for _, value in NESTED] == read["model-catalog-hub:nested"]


def structured(text: str) -> object:
    """Give lists and maps their structure."""
    return json.loads(text) if text.startswith(("[{", '["', "{")) else text


def pulumi(folder: Path, *arguments: str) -> str:
    """Run the CLI on a backend of its own."""
    environment = {
        **os.environ,
        "PATH": f"{os.environ['PATH']}:{ROOT / '.tools' / 'bin'}",
        "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    done = subprocess.run(
        ["pulumi", "-C", str(folder), *arguments], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
