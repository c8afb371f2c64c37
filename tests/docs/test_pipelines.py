"""What runs the examples for CI (tests/engine/test_pipelines.py) knows all that they use, and reads it as hosts do."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.paths import ROOT
from tests.support.pipelines.gitlab import holds

EXAMPLES = ROOT / "docs" / "iam" / "examples"
STAND_INS = ROOT / "tests" / "support" / "pipelines" / "actions"
TOLD = {"SOURCE": "push", "BRANCH": "main", "DEFAULT": "main", "EMPTY": ""}


def steps_of(path: Path) -> list[dict[str, Any]]:
    """List the steps of a workflow, or of an action."""
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    parts = [document["runs"]] if "runs" in document else document["jobs"].values()
    return [step for part in parts for step in part["steps"]]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*github.yml")), ids=lambda path: path.stem)
def test_each_action_has_a_stand_in_that_takes_what_the_example_gives(path: Path) -> None:
    own = [ROOT / ".github" / "actions" / "set-up" / "action.yml"]
    for step in (step for file in (path, *own) for step in steps_of(file) if "@" in step.get("uses", "")):
        stand_in = STAND_INS / step["uses"].partition("@")[0] / "action.yml"
        takes: dict[str, dict[str, Any]] = yaml.safe_load(stand_in.read_text()).get("inputs", {})

        assert step.get("with", {}).keys() <= takes.keys()
        assert {name for name, each in takes.items() if each.get("required")} <= step.get("with", {}).keys()


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ('$SOURCE == "push"', True),
        ('$SOURCE != "push"', False),
        ('$SOURCE == "schedule" && $BRANCH == $DEFAULT', False),
        ('$SOURCE == "schedule" || $BRANCH == $DEFAULT', True),
        ('($SOURCE == "schedule" || $BRANCH == "main") && $DEFAULT', True),
        ("$ABSENT", False),
        ("$EMPTY", False),
        ("$ABSENT == null", True),
        ('$EMPTY == ""', True),
    ],
)
def test_a_rule_is_read_as_gitlab_reads_it(condition: str, *, result: bool) -> None:
    """GitLab Docs, "CI/CD rules expressions": an empty variable is not true, and an absent one is null."""
    assert result is holds(condition, TOLD)


def test_what_is_not_known_of_a_rule_is_refused() -> None:
    with pytest.raises(AssertionError, match="nothing here reads"):
        holds("$BRANCH =~ /main/", TOLD)
