"""What the commands do from beginning to end, without Pulumi."""

import errno
import json
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from fleet.commands import find_drift, planned, roll_out
from fleet.errors import EngineError, SettingsError
from fleet.plan.spoke_selection import SpokeFilter
from fleet.run import rollout
from fleet.run.tasks import Outcome, RunStatus, Task
from fleet.show.drift import Drift
from fleet.store.records import Records
from fleet.store.storage import Storage
from shared.aws.organization import Organization
from shared.catalog.version_terms import VersionTerms
from shared.files import NotWritten
from tests.support.fake_account import always
from tests.support.fleet.making import Member, answer, deployed, organization, recorded, write_spoke
from tests.support.refused import refused

EVERYBODY = SpokeFilter()
STATES = ".pulumi/stacks/model-catalog-spoke"
WAVES = "waves: [{name: first, spokes: [a], approve: %s}, {name: rest, default: true}]"


class Pulumi:
    """Stands for `run_spoke`: leaves a state and a record, or fails.

    Attributes:
        ran: The stacks that it ran.
        failing: Those of which nothing comes.
    """

    def __init__(self, root: Path, backend: str) -> None:
        self._root = root
        self._storage = Storage(backend)
        self.ran: list[str] = []
        self.failing: set[str] = set()
        self.forgetting: set[str] = set()

    def run(self, task: Task) -> Outcome:
        """Run a spoke."""
        self.ran.append(task.stack)
        if task.stack in self.failing:
            return Outcome(stack=task.stack, status=RunStatus.FAILED, reason="it broke")
        if task.stack not in self.forgetting:
            self._storage.write(f"{STATES}/{task.stack}.json", b"{}")
            [tag] = [each.tag for each in self._storage.list(STATES) if each.path.endswith(f"{task.stack}.json")]
            made = recorded(deployed(planned(self._root).inventory), task.stack)
            Records(self._storage).write(made.model_copy(update={"state": tag}))
        return Outcome(stack=task.stack, status=RunStatus.SUCCEEDED, contract=task.contract)


@pytest.fixture
def pulumi(root: Path, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    found = Pulumi(root, (root.parent / "backend").as_uri())
    monkeypatch.setattr(rollout, "run_spoke", found.run)
    monkeypatch.setattr(rollout, "_TICK_SECONDS", 0.01)
    return found


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=200)


Up = Callable[..., int]


@pytest.fixture
def up(root: Path, console: Console) -> Up:
    """Give a way to roll out, which gives the exit code."""

    def up(choice: SpokeFilter = EVERYBODY, *, force: bool = False, approved: str = "") -> int:
        return roll_out(root, choice, console, force=force, dry_run=False, approved=approved.split())

    return up


def test_everybody_is_brought_to_where_they_are_wanted_and_stays_there(
    pulumi: Pulumi, up: Up, console: Console
) -> None:
    assert 0 == up()
    assert ["spoke-a", "spoke-b"] == sorted(pulumi.ran)
    assert "2 succeeded" == last(console)

    pulumi.ran.clear()
    assert 0 == up()
    assert [] == pulumi.ran
    assert "2 unchanged" == last(console)


def test_a_failure_is_told_and_is_the_exit_code(pulumi: Pulumi, up: Up, console: Console, root: Path) -> None:
    pulumi.failing = {"spoke-a"}
    (root / "fleet.yaml").write_text("waves: [{name: all, default: true, tolerance: 1}]")

    assert 1 == up()
    assert "spoke-a: it broke" in text(console)
    [report] = (root / ".fleet" / "runs").glob("*/report.json")
    written = json.loads(report.read_text())["spokes"]
    assert {"spoke-a": "failed", "spoke-b": "succeeded"} == {each["stack"]: each["ending"] for each in written}

    pulumi.failing, pulumi.ran = set(), []
    assert 0 == up()
    assert ["spoke-a"] == pulumi.ran


@pytest.mark.usefixtures("pulumi")
def test_the_report_says_why_each_spoke_was_run(up: Up, root: Path) -> None:
    assert 0 == up(SpokeFilter(["b"]))
    (root.parent / "backend" / ".fleet" / "records" / "spoke-b.json").write_text("{torn")
    assert 0 == up()

    *_, report = sorted((root / ".fleet" / "runs").glob("*/report.json"))
    [a, b] = sorted(json.loads(report.read_text())["spokes"], key=lambda each: each["stack"])
    assert ["it was never deployed"] == a["why"]
    assert "its record cannot be read: it is not JSON" == b["why"][0]


@pytest.mark.usefixtures("pulumi")
def test_a_report_that_the_disk_does_not_take_is_told_and_not_left_torn(
    up: Up, root: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _: str) -> None:
        raise NotWritten(errno.ENOSPC, "cannot be written (No space left on device). Nothing was changed.", str(path))

    monkeypatch.setattr("fleet.show.report.write_file", full)
    assert 0 == up()

    assert "no report of it: " in text(console)
    assert "report.json: cannot be written (No space left on device). Nothing was changed." in text(console)
    assert [] == list((root / ".fleet" / "runs").glob("*/report.json"))


def test_what_is_behind_at_the_end_is_told(pulumi: Pulumi, up: Up, console: Console) -> None:
    pulumi.forgetting = {"spoke-b"}

    assert 1 == up()
    assert "out of date again: roll out once more\n  spoke-b: it was never deployed" in text(console)


def test_an_account_that_is_closed_meanwhile_is_no_failure(
    pulumi: Pulumi, up: Up, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi.failing = {"spoke-a"}
    monkeypatch.setattr(Organization, "status_of", always("PENDING_CLOSURE"))
    up(SpokeFilter(["a"]))

    assert "the account 300000000001 is pending closure since the rollout began" in text(console)
    assert "1 left out" == last(console)


def test_a_wave_waits_for_the_one_before_it(pulumi: Pulumi, up: Up, root: Path) -> None:
    (root / "fleet.yaml").write_text(WAVES % "false")
    rest = SpokeFilter(waves=["rest"])

    with refused(SettingsError, "earlier-wave-not-finished", "--wave"):
        up(rest)
    assert 0 == up(SpokeFilter(waves=["first"]))
    assert 0 == up(rest)
    assert ["spoke-a", "spoke-b"] == pulumi.ran


def test_a_wave_that_wants_a_yes_stays_where_it_is_without_one(
    pulumi: Pulumi, up: Up, root: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "fleet.yaml").write_text(WAVES % "true")
    monkeypatch.setattr("sys.stdin", StringIO())

    assert 1 == up()
    assert [] == pulumi.ran
    assert "the wave first waits for approval: --approve first" in text(console)
    assert 0 == up(approved="first")


def test_approval_is_of_a_wave_that_there_is(pulumi: Pulumi, up: Up) -> None:
    with refused(SettingsError, "wave-unknown", "--approve"):
        up(approved="second")
    assert [] == pulumi.ran


def test_a_preview_needs_no_earlier_wave_and_looks_at_nothing_afterwards(
    pulumi: Pulumi, root: Path, console: Console
) -> None:
    (root / "fleet.yaml").write_text(WAVES % "true")
    pulumi.forgetting = {"spoke-b"}

    rest = SpokeFilter(waves=["rest"])
    assert 0 == roll_out(root, rest, console, force=False, dry_run=True, approved=[])
    assert ["spoke-b"] == pulumi.ran


def test_whoever_is_left_out_is_told(
    pulumi: Pulumi, up: Up, root: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = organization(Member(id="300000000001", name="Lab", status="SUSPENDED"))
    monkeypatch.setattr("fleet.plan.inventory.Organization", always(closed))

    assert 0 == up()
    assert ["spoke-b"] == pulumi.ran
    assert "left out: spoke-a: the account 300000000001 (Lab) is suspended" in text(console)
    [report] = (root / ".fleet" / "runs").glob("*/report.json")
    left_out = json.loads(report.read_text())["left_out"]
    assert {"spoke-a": ["the account 300000000001 (Lab) is suspended"]} == left_out


def test_a_report_is_written_where_nobody_can_look_again(
    pulumi: Pulumi, up: Up, root: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub was destroyed meanwhile, or the credentials have come to their end."""
    ran = pulumi.run

    def run(task: Task) -> Outcome:
        outcome = ran(task)
        answer(monkeypatch, {"hub": EngineError("out of reach", code="example")})
        return outcome

    monkeypatch.setattr(rollout, "run_spoke", run)

    assert 1 == up(SpokeFilter(["a"]))

    [report] = (root / ".fleet" / "runs").glob("*/report.json")
    written = json.loads(report.read_text())
    assert ("out of reach", ["spoke-a"]) == (written["last_look"], [each["stack"] for each in written["spokes"]])
    assert "the result could not be checked: out of reach" in text(console)
    assert "1 succeeded" == last(console)


@pytest.mark.parametrize(("sample", "number"), [("100%", 6), ("50%", 3), ("1%", 1), ("2", 2), ("9", 6)])
def test_a_sample_is_a_number_or_a_share_rounded_up(
    root: Path, monkeypatch: pytest.MonkeyPatch, sample: str, number: int
) -> None:
    pretend_drift(root, monkeypatch)

    found, code = find_drift(root, EVERYBODY, sample, None)

    assert (number, number) == (len(found), len({each["stack"] for each in found}))
    assert 1 == code


@pytest.mark.parametrize("sample", ["", "%", "101%", "-1", "x", "1.5", "5 %", "0", "0%"])
def test_what_is_no_sample_is_refused(root: Path, sample: str) -> None:
    with refused(SettingsError, "invalid-sample", "--sample"):
        find_drift(root, EVERYBODY, sample, None)


def test_only_what_was_deployed_is_compared(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_drift(root, monkeypatch)
    write_spoke(root, "new", "300000000099")

    found, _ = find_drift(root, EVERYBODY, "100%", None)

    assert "spoke-new" not in {each["stack"] for each in found}


def pretend_drift(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let six spokes be deployed, and all of them have drifted."""
    storage = Storage((root.parent / "backend").as_uri())
    for name in "abcdef":
        write_spoke(root, name, f"3000000000{ord(name)}")
        storage.write(f"{STATES}/spoke-{name}.json", b"{}")

    def compare(where: str, backend: str, terms: Mapping[str, VersionTerms], stack: str) -> Drift:
        assert (str(root), storage.url) == (where, backend)
        assert "1.0.0" == terms["pa-embedder-100"].number
        return Drift(stack, ("Role x is gone",))

    monkeypatch.setattr("fleet.commands.compare", compare)


def text(console: Console) -> str:
    """Give all that was printed."""
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def last(console: Console) -> str:
    """Give the last line that was printed."""
    return text(console).splitlines()[-1]
