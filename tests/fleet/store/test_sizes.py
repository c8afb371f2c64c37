"""What is kept beside the state is read within limits: whatever is beyond is told, and stops nothing else."""

import gzip
import json
from pathlib import Path

import pytest

from fleet.errors import StateError
from fleet.store.history import History
from fleet.store.records import CorruptRecord, Records
from fleet.store.states import StoredStates
from fleet.store.storage import OversizeError, Storage
from shared import limits
from tests.support.refused import refused

STATES = ".pulumi/stacks/model-catalog-spoke"


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Give a storage that takes little."""
    monkeypatch.setattr(limits, "RECORD_BYTES", 1000)
    monkeypatch.setattr(limits, "STATE_BYTES", 5000)
    return Storage(tmp_path.as_uri())


def test_an_object_that_is_too_large_is_not_read(storage: Storage) -> None:
    storage.write("record", b"x" * 1001)
    storage.write(f"{STATES}/a.json", b"x" * 1001)

    with pytest.raises(OversizeError, match=r"record has 1,001 bytes, and at most 1,000"):
        storage.read("record")
    assert storage.read(f"{STATES}/a.json")


def test_a_record_that_is_too_large_is_one_that_cannot_be_read(storage: Storage) -> None:
    storage.write(".fleet/records/spoke-a.json", b" " * 2000)

    record = Records(storage).all()["spoke-a"]

    assert isinstance(record, CorruptRecord)
    assert "2,000 bytes" in record.reason


def test_an_event_that_is_too_large_is_told_by_its_number(storage: Storage) -> None:
    storage.write(".fleet/history/spoke-a/00000001.json", b" " * 2000)

    (chain,) = History(storage).chains({})

    assert ["event 1 cannot be read"] == list(chain.problems)


def test_a_state_that_is_too_large_is_told(storage: Storage) -> None:
    storage.write(f"{STATES}/spoke-a.json", b" " * 6000)

    with refused(StateError, "state-too-large"):
        StoredStates(storage).read("spoke-a")


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(b" " * 1_000_000, mtime=0),
        gzip.compress(json.dumps({"checkpoint": {}}).encode(), mtime=0)[:-4],
        gzip.compress(b"[" * 4000, mtime=0),
    ],
)
def test_a_state_that_is_made_to_become_huge_is_damaged(storage: Storage, content: bytes) -> None:
    storage.write(f"{STATES}/spoke-a.json.gz", content)

    with refused(StateError, "state-damaged"):
        StoredStates(storage).read("spoke-a")


def test_a_state_that_is_compressed_is_read(storage: Storage) -> None:
    content = gzip.compress(json.dumps({"checkpoint": {}}).encode())
    storage.write(f"{STATES}/spoke-a.json.gz", content)

    assert StoredStates(storage).read("spoke-a")
