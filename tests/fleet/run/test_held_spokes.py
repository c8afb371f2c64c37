"""A spoke whose launches stay at a version: its program is told, and what was taken back is written down."""

from dataclasses import replace

from fleet.run.spoke_run import run_spoke
from fleet.store.history import History
from fleet.store.records import Record, Records
from fleet.store.storage import Storage
from spoke.launches.holds import Hold, variables_of
from tests.support.fleet.pretended import STACK, Begin

WAITS = Hold(version="1.0.0", instead_of="1.0.1", reason="1.0.1 bakes in canary")
BACK = Hold(version="2.0.0", instead_of="2.0.1", reason="2.0.1 was taken back", lasting=True)


def test_its_program_is_told_of_all_and_its_record_keeps_what_was_taken_back(begin: Begin) -> None:
    task, engine = begin()

    run_spoke(replace(task, holds={"search": WAITS, "scores": BACK}))

    storage = Storage(task.locations.records)
    record, [chain] = Records(storage).of(STACK), History(storage).chains({})
    assert variables_of({"search": WAITS, "scores": BACK}) == engine.told
    assert isinstance(record, Record)
    assert {"scores": BACK} == record.held
    assert [{"scores": "2.0.1 was taken back"}] == [dict(each.reasons) for each in chain.events]


def test_without_any_nothing_is_told(begin: Begin) -> None:
    task, engine = begin()

    run_spoke(task)

    assert {} == engine.told
