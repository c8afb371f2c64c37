"""The first day as docs/first-day.md tells it, on the real engine: from the samples to a team's first model."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stage import Stage

PACKAGE = "arn:aws:sagemaker:eu-central-1:222233334444:model-package/fraud-detector/2"
RESEARCH = "333344445555"
ANSWERS = {
    "an https address": "https://models.example.com/churn",
    "an e-mail address": "churn@example.com",
    "low, medium, high or unknown": "low",
    "an SPDX identifier, or proprietary": "proprietary",
    "that of this model": "0.91",
}
SHARES = """\
  model-catalog-hub:shares:
    - {portfolio: online-inference, type: ORGANIZATIONAL_UNIT, target: Workloads/Research}
"""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Stage]:
    """Give an organization without a catalog, and a checkout as it comes."""
    with Stage(tmp_path / "stage") as stage:
        yield stage


def said(stage: Stage, *words: str, code: int = 0) -> str:
    """Run a command that ends so, and give what it says."""
    done = stage.run("python", "-m", "cli", *words)
    assert code == done.returncode, done.stdout
    return done.stdout


def fill_in(stage: Stage, product: str) -> None:
    """Say what only a person can say."""
    for path in (stage.project / "hub/catalog/products" / product).glob("*.yaml"):
        path.write_text(re.sub(r"'<fill in: ([^>]*)>'", _answer, path.read_text()))


def _answer(found: re.Match[str]) -> str:
    if "URI" in found[1]:
        return "s3://model-catalog-data-hub/churn/"
    return ANSWERS.get(found[1], "Customer Analytics" if "team" in found[1] else "Scores who is likely to leave.")


def test_a_first_model_of_ones_own_runs_and_all_of_it_can_be_taken_down(empty: Stage, tmp_path: Path) -> None:
    template = tmp_path / "churn.yaml"
    source = empty.project / "hub/catalog/products/fraud-detector-realtime/1.1.0.yaml"
    template.write_text(source.read_text().replace("fraud-detector-realtime", "churn-scorer"))

    assert "removed hub/catalog/products/fraud-detector-realtime" in said(empty, "models", "remove-samples")
    given = ("--template", str(template), "--portfolio", "online-inference", "--package", PACKAGE)
    assert "Places for a person to fill in: 25." in said(empty, "models", "new", "churn-scorer", *given)
    fill_in(empty, "churn-scorer")
    assert "added churn-scorer 1.0.0" in said(empty, "models", "lock")
    settings = empty.project / "Pulumi.hub.yaml"
    settings.write_text(settings.read_text().partition("  model-catalog-hub:shares:")[0] + SHARES)
    shutil.copytree(Path(__file__).parents[2] / "docs/iam", empty.project / "docs/iam", dirs_exist_ok=True)
    assert "delegated administrator may: model-catalog stack up organization" in said(empty, "doctor", code=1)
    _ = empty.up("organization")
    assert "nothing missing" in said(empty, "doctor", "hub")
    _ = empty.up("hub")
    assert "wrote Pulumi.spoke-research.yaml" in said(empty, "spoke", "new", "research", RESEARCH)
    assert "about 47 USD a month" in said(empty, "spoke", "new-launch", "research", "churn-scorer", "--name", "churn")
    _ = empty.up("spoke-research")
    assert "nothing missing" in said(empty, "doctor", "--short")
    assert "churn-scorer" in said(empty, "fleet", "status")

    for stack in ("spoke-research", "hub"):
        project = stack.partition("-")[0]
        if stack == "hub":  # what spokes run is protected until somebody says otherwise
            _ = empty.edit(
                settings.name,
                "  model-catalog-hub:shares:",
                "  model-catalog-hub:protect: false\n  model-catalog-hub:shares:",
            )
            _ = empty.up("hub")
        assert 0 == empty.run("pulumi", "-C", project, "-s", stack, "destroy", "--yes", "--skip-preview").returncode
