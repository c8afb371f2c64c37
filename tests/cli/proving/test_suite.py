"""What the sandbox's tests say on AWS becomes facts, notes and measures."""

import datetime as dt
import subprocess

import pytest

from cli.errors import RehearsalError
from cli.proving.record import StepRecord
from cli.proving.stage import Stage
from cli.proving.step import Proof
from cli.proving.suite import Tests
from tests.support.proving import MARK, World

RESULTS = """\
<testsuites><testsuite>
<testcase classname="tests.sandbox.aws.servicecatalog.test_shares" name="test_a"/>
<testcase classname="tests.sandbox.aws.servicecatalog.test_shares" name="test_b">
  <failure message="AssertionError: assert 'IN_PROGRESS' in 222233334444 of {mark}-tabc">long</failure></testcase>
<testcase classname="tests.sandbox.aws.servicecatalog.test_shares" name="test_c">
  <error message="at its end"/></testcase>
<testcase classname="tests.sandbox.aws.servicecatalog.test_shares" name="test_d"><skipped/></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def proof(still: World, folder: object) -> Proof:  # noqa: ARG001 - it works there
    begun = still.proof()
    begun.begin(StepRecord(name="tests", what="", undo="", began=dt.datetime(2026, 11, 27, tzinfo=dt.UTC)))
    return begun


def let_tests_say(results: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    given = list[str]()

    def pytest_there(stage: Stage, *words: str, log: str) -> subprocess.CompletedProcess[str]:
        given.extend(words)
        stage.folder.mkdir(parents=True, exist_ok=True)
        if results:
            (stage.folder / "tests.xml").write_text(results)
            (stage.folder / "waits.jsonl").write_text('["the share", 61.5]\n["the share", 4]\n["a launch path", 9]\n')
        return subprocess.CompletedProcess(words, 1, f"{log}: INTERNALERROR")

    monkeypatch.setattr(Stage, "pytest", pytest_there)
    return given


def test_a_test_that_fails_on_aws_is_a_fact_with_its_words_and_ends_nothing(
    proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = let_tests_say(RESULTS.replace("{mark}", MARK), monkeypatch)

    Tests().run(proof)

    (step,) = proof.record.steps
    assert {"test_shares: test_a": "holds", "test_shares: test_b": "fails", "test_shares: test_c": "fails"} == {
        each.name: each.value for each in step.facts
    }
    assert "test_shares: test_b: AssertionError: assert 'IN_PROGRESS' in <hub> of <mark>-tabc" in step.notes
    assert {"until the share was there": [61.5, 4.0], "until a launch path was there": [9.0]} == {
        each.name: each.seconds for each in step.measures
    }
    assert {"--aws", "--aws-hub=proof-hub", f"--aws-mark={MARK}-", "--aws-region=eu-central-1"} <= set(given)


@pytest.mark.parametrize("results", ["", "<testsuites><testsuite/></testsuites>"])
def test_tests_that_did_not_run_end_the_proof(proof: Proof, monkeypatch: pytest.MonkeyPatch, results: str) -> None:
    let_tests_say(results, monkeypatch)
    with pytest.raises(RehearsalError, match=r"the tests did not run|no test was chosen"):
        Tests().run(proof)
