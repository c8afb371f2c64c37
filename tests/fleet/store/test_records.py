"""Records of success: one for each spoke, which survives what it does not know."""

import json
from typing import Any

import pytest

from fleet.errors import RecordsError
from fleet.store.records import SCHEMA_VERSION, CorruptRecord, Record, Records
from fleet.store.storage import Storage
from tests.support.fleet.making import RECORD
from tests.support.refused import refused

PATH = ".fleet/records/spoke-a.json"


def test_what_is_written_is_read(storage: Storage) -> None:
    records = Records(storage)

    records.write(RECORD)

    assert RECORD == records.of("spoke-a")
    assert {"spoke-a": RECORD} == records.all()


def test_the_last_one_counts(storage: Storage) -> None:
    records = Records(storage)
    records.write(RECORD)
    later = RECORD.model_copy(update={"fingerprint": "f2"})

    records.write(later)

    assert {"spoke-a": later} == records.all()


def test_spokes_do_not_share_a_record(storage: Storage) -> None:
    records = Records(storage)
    other = RECORD.model_copy(update={"stack": "spoke-b.west"})

    records.write(RECORD)
    records.write(other)

    assert {"spoke-a": RECORD, "spoke-b.west": other} == records.all()


def test_a_spoke_that_was_never_rolled_out_has_none(storage: Storage) -> None:
    assert None is Records(storage).of("spoke-a")
    assert {} == Records(storage).all()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is not JSON"),
        (b"{", "it is not JSON"),
        (b"[]", "it is not as this release writes it"),
        (b"{}", "schema_version is missing"),
        (b'{"schema_version": "1.0"}', "stack is missing"),
        (b"\xff\xfe", "it is not JSON"),
    ],
)
def test_what_cannot_be_read_is_told_and_concerns_no_other_spoke(storage: Storage, content: bytes, reason: str) -> None:
    records = Records(storage)
    records.write(RECORD.model_copy(update={"stack": "spoke-b"}))
    storage.write(PATH, content)

    found = records.all()

    broken = found["spoke-a"]
    assert isinstance(broken, CorruptRecord)
    assert reason == broken.reason
    assert isinstance(found["spoke-b"], Record)


@pytest.mark.parametrize("version", ["2.0", "10.0"])
def test_a_record_of_a_newer_release_ends_everything(storage: Storage, version: str) -> None:
    """To overwrite it would lose what that release knows."""
    store(storage, schema_version=version)

    for read in (Records(storage).all, lambda: Records(storage).of("spoke-a")):
        with refused(RecordsError, "record-of-newer-release", PATH):
            read()


def test_what_a_newer_minor_version_adds_is_passed_over(storage: Storage) -> None:
    launch = {**RECORD.model_dump(mode="json")["launches"][0], "colour": "blue"}
    store(storage, schema_version="1.9", colour="blue", launches=[launch])

    assert RECORD.model_copy(update={"schema_version": "1.9"}) == Records(storage).of("spoke-a")


def test_an_older_major_version_is_read_as_far_as_it_goes(storage: Storage) -> None:
    store(storage, schema_version="0.9")

    assert isinstance(Records(storage).of("spoke-a"), Record)


def test_a_record_of_the_first_release_is_read(storage: Storage) -> None:
    """As 0.1 wrote it: without ids of products, and without costs."""
    launch = RECORD.model_dump(mode="json")["launches"][0]
    del launch["product_id"], launch["estimated_monthly_cost"]
    store(storage, schema_version="1.0", launches=[launch])

    found = Records(storage).of("spoke-a")
    assert isinstance(found, Record)
    assert [("search", "")] == [(launch.name, launch.product_id) for launch in found.launches]


def test_a_record_says_which_version_it_is_of(storage: Storage) -> None:
    Records(storage).write(RECORD)

    found = storage.read(PATH)
    assert found
    assert SCHEMA_VERSION == json.loads(found[0])["schema_version"]


def test_records_that_are_out_of_reach_are_told_with_their_address(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "list", fail)

    with refused(RecordsError, "records-unreadable", storage.url):
        Records(storage).all()


def test_one_record_that_is_out_of_reach_counts_as_unreadable(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "read", fail)

    assert CorruptRecord(reason="no way") == Records(storage).of("spoke-a")


def fail(*_: object) -> Any:  # noqa: ANN401 - it never gives anything
    raise OSError("no way")


def store(storage: Storage, **changed: object) -> None:
    """Store the record as another release may have written it."""
    storage.write(PATH, json.dumps({**RECORD.model_dump(mode="json"), **changed}).encode())
