"""The make targets: short forms of commands, which take what they name and refuse everything else."""

import os
import re
import shlex
import subprocess
from typing import Any

import pytest
import typer

from cli.app import app
from tests.support.paths import ROOT

OWN = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
"""Without what a make that runs these tests would hand on, such as that it names each folder."""

SHORT_FORMS = {
    "demo": "sandbox demo",
    "demo PLUGIN=official": "sandbox demo --plugin official",
    "demo KEEP=yes": "sandbox demo --keep",
    "sandbox": "sandbox serve",
    "sandbox PORT=5006": "sandbox serve --port 5006",
    "sandbox-env": "sandbox env",
    "sandbox-env PLUGIN=official": "sandbox env --plugin official",
    "sandbox-env PORT=5006 ACCOUNT=222233334444": "sandbox env --port 5006 --account 222233334444",
    "models": "models list",
    "models TASK=a FRAMEWORK=b LICENSE=c MODALITY=d WORD=e": (
        "models list --task a --framework b --license c --modality d --word e"
    ),
    "models LICENCE=apache": "models list --license apache",
    "card PRODUCT=p VERSION=1.0.0": "models show p 1.0.0 --sagemaker",
    "diff-version PRODUCT=p FROM=1.0.0 TO=1.1.0": "models diff p 1.0.0 1.1.0",
    "new-model NAME=n TEMPLATE=t.yaml PACKAGE=arn": "models new n --template t.yaml --package arn",
    "new-model NAME=n TEMPLATE=t.yaml PORTFOLIO=p": "models new n --template t.yaml --portfolio p",
    "new-version PRODUCT=p VERSION=1.0.0 TEMPLATE=t.yaml": "models new-version p 1.0.0 --template t.yaml",
    "new-version PRODUCT=p PACKAGE=arn:a": "models new-version p --package arn:a",
    "sync-models STACK=hub-b": "models sync --stack hub-b",
    "lock": "models lock",
    "schemas": "models check --write-schemas",
    "check": "models check",
    "remove-version PRODUCT=p VERSION=1.0.0": "models remove-version p 1.0.0",
    "verify-catalog STACK=hub-b": "models verify --stack hub-b",
    "usage PRODUCT=p VERSION=1.0.0": "fleet status --cost --product p --version 1.0.0",
    "status FLAGS=--csv": "fleet status --csv",
    "history": "fleet history",
    "plan WHY=research": "fleet plan --why research",
    "rollout FLAGS='--dry-run --only research'": "fleet up --dry-run --only research",
    "drift FLAGS='--sample 5%'": "fleet drift --sample 5%",
    "shares": "hub shares",
    "shares STACK=hub-b": "hub shares --stack hub-b",
    "new-spoke NAME=n ACCOUNT=1 REGION=r": "spoke new n 1 --region r",
    "off-board NAME=n ACKNOWLEDGE=1": "spoke off-board n --acknowledge 1",
    "dead-principals STACK=s REMOVE=yes": "spoke dead-principals s --remove",
    "dead-principals STACK=s": "spoke dead-principals s",
    "preview-hub AS_OF=2026-12-24": "stack preview hub",
    "preview-hub-b": "stack preview hub-b",
    "plan-spoke-research FLAGS=--json": "stack plan spoke-research --json",
    "up-organization FLAGS='--yes -v=3'": "stack up organization --yes -v=3",
    "refresh-spoke-research": "stack refresh spoke-research",
    "destroy-hub": "stack destroy hub",
    "adopt STACK=hub": "stack adopt hub",
    "recover STACK=hub FLAGS=--force": "stack recover hub --force",
    "relaunch STACK=s LAUNCH=l": "stack relaunch s l",
}
OTHERS = ("help", "install", "test", "check", "format", "clean")


def make(*words: str) -> subprocess.CompletedProcess[str]:
    """Ask make what it would do."""
    return subprocess.run(["make", "-n", *words], cwd=ROOT, env=OWN, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", SHORT_FORMS)
def test_a_target_is_a_short_form_of_a_command_that_there_is(words: str) -> None:
    done = make(*shlex.split(words))

    [line] = [line for line in done.stdout.splitlines() if line.startswith("python -m cli ")]
    _, _, _, noun, verb, *rest = shlex.split(line)
    assert SHORT_FORMS[words] == " ".join([noun, verb, *rest])
    group: Any = typer.main.get_command(app)
    assert group.commands[noun].commands[verb].make_context(verb, rest)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("models LICENSES=x", "make models takes no LICENSES. It takes: TASK FRAMEWORK LICENSE"),
        ("lock PRODUCT=x", "make lock takes no PRODUCT. It takes: nothing."),
        ("up-hub STACK=hub", "make up-hub takes no STACK. It takes: FLAGS AS_OF."),
        ("help WORD=x", "make help takes no WORD."),
        ("WORD=x", "make help takes no WORD."),
        ("card PRODUCT=x", "make card needs VERSION=…: PRODUCT=… VERSION=…"),
        ("new-spoke NAME=", "make new-spoke needs NAME=…"),
        ("dead-principals STACK=s REMOVE=no", "REMOVE: invalid value no, expected yes"),
        ("modls TASK=x", "No rule to make target"),
        ("preview-", "No rule to make target"),
        ("up-", "No rule to make target"),
    ],
)
def test_a_variable_that_no_target_knows_is_refused_and_one_that_is_needed_asked_for(words: str, message: str) -> None:
    done = make(*words.split())

    assert 2 == done.returncode
    assert message in done.stderr
    assert "" == done.stdout


def test_variables_of_several_targets_are_known_together() -> None:
    assert 0 == make("lock", "models", "TASK=x", "PYTHON=python3").returncode


def test_make_alone_prints_every_target_in_groups() -> None:
    said = subprocess.run(["make"], cwd=ROOT, env=OWN, capture_output=True, text=True, check=True).stdout

    groups = re.findall(r"^(\w[\w ]*)$", said, re.MULTILINE)
    assert ["start", "look", "change", "roll out", "repair"] == groups
    shown = set(re.findall(r"^  make (\S+)", said, re.MULTILINE))
    declared = set(re.findall(r"^([a-z%-]+):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert declared - {"help"} == shown
    assert {word.split()[0] for word in SHORT_FORMS if "-hub" not in word and "-spoke-" not in word} - {
        "up-organization"
    } <= shown
    assert {True} == {len(line) <= 80 for line in said.splitlines()}


def test_the_targets_that_there_were_are_there() -> None:
    """Named by the documentation of releases before this one."""
    before = (
        "help install demo test check format lock schemas models card diff-version usage remove-version verify-catalog "
        "shares adopt off-board dead-principals plan rollout status drift sandbox sandbox-env new-spoke clean "
        "preview-% up-% refresh-% destroy-% plan-%"
    )
    declared = set(re.findall(r"^([a-z%-]+):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(before.split()) <= declared
