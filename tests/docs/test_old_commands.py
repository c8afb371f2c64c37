"""What the documentation of an earlier release tells people to type is still understood."""

import os
import shlex
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import Final

import pytest

from tests.support.paths import ROOT

LINES: Final = (Path(__file__).parent / "old_commands.txt").read_text().splitlines()
SHOWN_NOWHERE: Final = {"AS_OF", "REMOVE"}
"""Variables that a dry run does not show: one goes into the environment, one becomes an option without a value."""


@pytest.mark.parametrize("command", [line for line in LINES if line.startswith("make ")])
def test_a_target_is_there_and_hands_its_variables_on(command: str) -> None:
    _, *words = shlex.split(command)

    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(["make", "-n", *words], cwd=ROOT, env=alone, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    given = [word.split("=", 1) for word in words if "=" in word]
    assert [] == [f"{name}={value}" for name, value in given if name not in SHOWN_NOWHERE and value not in done.stdout]


@pytest.mark.parametrize("command", [line for line in LINES if line.startswith("python ")])
def test_a_module_is_there_and_knows_its_options(command: str) -> None:
    _, _, module, *words = shlex.split(command)
    options = [word for word in words if word.startswith("--")]

    assert find_spec(module)
    assert [] == [option for option in options if option not in _help(module, *takewhile(_is_no_option, words))]


@cache
def _help(*command: str) -> str:
    wide = os.environ | {"COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *command, "--help"], cwd=ROOT, env=wide, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _is_no_option(word: str) -> bool:
    return not word.startswith("--")
