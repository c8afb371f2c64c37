"""From one rollout to the next a version goes through the waves, or comes back; without Pulumi, and without AWS."""

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from fleet.commands import planned, roll_out
from fleet.plan.bakes import Arrival
from fleet.plan.shards import matrix
from fleet.plan.spoke_selection import SpokeFilter
from fleet.run import judging, rollout
from fleet.run.gate import Seen
from fleet.run.tasks import Outcome, RunStatus, Task
from fleet.store.records import Record, Records
from fleet.store.storage import Storage
from shared.catalog import contract
from tests.support.fake_account import always
from tests.support.fleet.making import HUB_ACCOUNT, LAUNCH, answer, deployed, offer, recorded, write_spoke
from tests.support.offers import version

STATES = ".pulumi/stacks/model-catalog-spoke"
WAVES = "waves: [{name: canary, spokes: [a], bake: 24h}, {name: rest, default: true}]"


class Company:
    """A fleet whose runs leave states and records, and whose launches do as somebody says.

    Attributes:
        ran: The stacks that the last rollout ran.
        said: What it printed.
        seen: What is seen of launches.
    """

    def __init__(self, root: Path, storage: Storage) -> None:
        self.root, self.storage = root, storage
        self.ran: list[str] = []
        self.seen = Seen("spoke-a")
        self.said = ""

    def run(self, task: Task) -> Outcome:
        """Stand for `run_spoke`."""
        self.ran.append(task.stack)
        self.storage.write(f"{STATES}/{task.stack}.json", repr(task.holds).encode() + b" " * len(self.ran))
        [tag] = [each.tag for each in self.storage.list(STATES) if each.path.endswith(f"{task.stack}.json")]
        made = recorded(deployed(planned(self.root).inventory), task.stack)
        earlier = Records(self.storage).of(task.stack)
        launches = made.launches
        if isinstance(earlier, Record) and earlier.launches[0].version != launches[0].version:
            moved = {"before": earlier.launches[0].version, "since": dt.datetime.now(dt.UTC)}
            launches = [launches[0].model_copy(update=moved)]
        held = {"state": tag, "launches": launches, "held": task.taken_back}
        Records(self.storage).write(made.model_copy(update=held))
        return Outcome(stack=task.stack, status=RunStatus.SUCCEEDED, contract=task.contract)

    def up(self, choice: SpokeFilter | None = None, *again: str) -> int:
        """Roll out, and give the exit code."""
        console, self.ran = Console(file=StringIO(), width=400), []
        code = roll_out(
            self.root, choice or SpokeFilter(), console, force=False, dry_run=False, approved=[], again=again
        )
        assert isinstance(console.file, StringIO)
        self.said = console.file.getvalue()
        return code

    def later(self, stack: str) -> None:
        """Let the launch of a stack have arrived a day ago."""
        record = Records(self.storage).of(stack)
        assert isinstance(record, Record)
        since = dt.datetime.now(dt.UTC) - dt.timedelta(hours=25)
        Records(self.storage).write(
            record.model_copy(update={"launches": [record.launches[0].model_copy(update={"since": since})]})
        )

    @property
    def versions(self) -> list[str]:
        """What the spokes run."""
        found = Records(self.storage).all()
        return [each.launches[0].version for _, each in sorted(found.items()) if isinstance(each, Record)]


@pytest.fixture
def company(root: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Two spokes that were rolled out at 1.0.0, before the hub published 1.0.1."""
    found = Company(root, Storage((root.parent / "backend").as_uri()))
    for name, account in (("a", "300000000001"), ("b", "300000000002")):
        write_spoke(root, name, account, launches=[{**LAUNCH, "version": "~1.0"}])
    (root / "fleet.yaml").write_text(WAVES)

    def look_at(arrival: Arrival, *_: object) -> Seen:
        return found.seen if arrival.stack == "spoke-a" else Seen(arrival.stack)

    monkeypatch.setattr(judging, "look_at", look_at)
    monkeypatch.setattr(judging, "caller", always("arn:aws:iam::111122223333:user/ada"))
    monkeypatch.setattr(rollout, "run_spoke", found.run)
    monkeypatch.setattr(rollout, "_TICK_SECONDS", 0.01)
    assert 0 == found.up()
    offered = offer()
    offered["eu-central-1"]["products"]["embedder"]["versions"]["1.0.1"] = version("pa-101", {})
    answer(monkeypatch, {"hub": {"catalog": contract.publish(HUB_ACCOUNT, offered)}})
    return found


def test_a_rollout_on_schedule_waits_without_failing_and_goes_on_when_the_time_has_passed(company: Company) -> None:
    first, ran = company.up(), company.ran
    second, waiting = company.up(), company.ran
    company.later("spoke-a")
    third, passed = company.up(), company.ran

    assert (0, ["spoke-a"]) == (first, ran)
    assert (0, []) == (second, waiting)
    assert (0, ["spoke-b"]) == (third, passed)
    assert ["1.0.1", "1.0.1"] == company.versions
    assert "note: embedder 1.0.1 has passed canary" in company.said


def test_what_did_not_do_well_is_taken_back_once_and_is_the_exit_code_once(company: Company) -> None:
    company.up()
    company.seen = Seen("spoke-a", bad=["the alarm slow is on"])
    first, ran = company.up(), company.ran
    said = company.said
    second, quiet = company.up(), company.ran

    assert (1, ["spoke-a"]) == (first, ran)
    assert ["1.0.0", "1.0.0"] == company.versions
    assert "embedder 1.0.1 was taken back in canary on 20" in said
    assert (0, []) == (second, quiet)
    assert "--again embedder@1.0.1" in company.said


def test_tried_again_it_bakes_anew(company: Company) -> None:
    company.up()
    company.seen = Seen("spoke-a", bad=["the alarm slow is on"])
    company.up()
    company.seen = Seen("spoke-a")
    again, ran = company.up(None, "embedder@1.0.1"), company.ran
    after = company.versions

    assert (0, ["spoke-a"]) == (again, ran)
    assert ["1.0.1", "1.0.0"] == after


def test_what_cannot_be_looked_at_is_the_exit_code_and_goes_nowhere(company: Company) -> None:
    company.up()
    company.later("spoke-a")
    company.seen = Seen("spoke-a", open=["search in spoke-a cannot be looked at"])

    assert 1 == company.up()
    assert [] == company.ran
    assert "warning: embedder 1.0.1 does not go on from canary" in company.said


def test_jobs_of_the_next_wave_have_nothing_to_do_until_the_canarys_job_has_judged(company: Company) -> None:
    company.up()
    company.later("spoke-a")
    before = matrix(planned(company.root), 2, ["rest"], "github")
    company.up(SpokeFilter(waves=["canary"]))
    after = matrix(planned(company.root), 2, ["rest"], "github")

    assert '{"shard": []}\n' == before
    assert '{"shard": []}\n' != after
