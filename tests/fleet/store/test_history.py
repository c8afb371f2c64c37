"""Events are appended and never rewritten; one that is missing or was changed shows."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from fleet.errors import RecordsError
from fleet.store.history import Chain, History, digest_of
from fleet.store.records import EventRef
from fleet.store.storage import Storage
from tests.support.fleet.events import event, launch
from tests.support.refused import refused

FOLDER = ".fleet/history/spoke-a"


def chain(storage: Storage, known: Mapping[str, EventRef] | None = None) -> Chain:
    """Read the history of the one stack that has one."""
    [found] = History(storage).chains(known or {})
    return found


def path(number: int) -> str:
    """Name an event."""
    return f"{FOLDER}/{number:08}.json"


@pytest.fixture
def written(storage: Storage) -> list[EventRef]:
    """Give a history of three events."""
    return [History(storage).append(event(day, launch())) for day in range(3)]


def test_each_event_has_a_number_and_holds_the_digest_of_the_one_before(
    storage: Storage, written: list[EventRef]
) -> None:
    found = chain(storage)

    assert [1, 2, 3] == [each.number for each in found.events]
    assert ["", written[0].digest, written[1].digest] == [each.previous for each in found.events]
    assert [event(day, launch()).launches for day in range(3)] == [each.launches for each in found.events]
    assert [] == found.problems


def test_stacks_have_histories_of_their_own(storage: Storage) -> None:
    history = History(storage)
    for stack in ("spoke-a", "spoke-ab", "hub", "spoke-a"):
        history.append(event(stack=stack))

    assert {"hub": 1, "spoke-a": 2, "spoke-ab": 1} == {each.stack: len(each.events) for each in history.chains({})}
    assert ["spoke-a"] == [each.stack for each in history.chains({}, "spoke-a")]


def test_of_many_that_append_at_once_each_gets_a_number_of_its_own(storage: Storage) -> None:
    with ThreadPoolExecutor(8) as workers:
        refs = list(workers.map(History(storage).append, map(event, range(8))))

    assert set(range(1, 9)) == {each.number for each in refs}
    assert [] == chain(storage).problems


def test_who_got_no_answer_finds_its_own_event(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, written: list[EventRef]
) -> None:
    del written
    create = Storage.create

    def unanswered(self: Storage, path: str, content: bytes) -> bool:
        create(self, path, content)
        return False

    monkeypatch.setattr(Storage, "create", unanswered)

    assert 4 == History(storage).append(event(9)).number
    assert 4 == len(chain(storage).events)


def test_a_number_that_others_take_each_time_is_given_up(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: object) -> bool:
        return False

    monkeypatch.setattr(Storage, "create", taken)

    with refused(RecordsError, "history-contended"):
        History(storage).append(event())


def remove(storage: Storage, number: int) -> None:
    """Take an event out."""
    storage.remove(path(number))


def change(storage: Storage, number: int) -> None:
    """Write another one over an event."""
    found = storage.read(path(number))
    assert found
    storage.write(path(number), json.dumps({**json.loads(found[0]), "actor": "nobody"}).encode())


def tear(storage: Storage, number: int) -> None:
    """Leave half of an event."""
    storage.write(path(number), b'{"number"')


@pytest.mark.parametrize(
    ("harm", "number", "problems"),
    [
        (remove, 1, ["event 1 is missing"]),
        (remove, 2, ["event 2 is missing"]),
        (remove, 3, ["event 3 is missing"]),
        (change, 1, ["event 1 was changed after event 2 was written"]),
        (change, 3, ["event 3 was changed after the stack's record was written"]),
        (tear, 2, ["event 2 cannot be read", "event 2 was changed after event 3 was written"]),
    ],
)
def test_what_is_missing_or_changed_shows(
    storage: Storage,
    written: list[EventRef],
    harm: Callable[[Storage, int], None],
    number: int,
    problems: list[str],
) -> None:
    harm(storage, number)

    assert problems == list(chain(storage, {"spoke-a": written[-1]}).problems)


def test_a_history_that_is_gone_altogether_shows_in_the_record(storage: Storage) -> None:
    assert ["event 1 is missing"] == list(chain(storage, {"spoke-a": EventRef(number=1, digest="sha256:1")}).problems)


def test_an_event_of_another_stack_and_what_is_no_event_show(storage: Storage, written: list[EventRef]) -> None:
    del written
    other = event(stack="spoke-b").model_copy(update={"number": 4, "previous": chain(storage).stored[-1].digest})
    storage.write(path(4), other.model_dump_json().encode())
    storage.write(f"{FOLDER}/notes.txt", b"hello")

    assert [
        "event 4 is event 4 of spoke-b",
        f"{FOLDER}/notes.txt is no event: somebody else put it there",
    ] == list(chain(storage).problems)


def test_a_first_event_that_had_one_before_it_shows(storage: Storage) -> None:
    first = event().model_copy(update={"number": 1, "previous": "sha256:1"})
    storage.write(path(1), first.model_dump_json().encode())

    assert ["event 1 has one before it, which is missing"] == list(chain(storage).problems)


def test_the_digest_is_that_of_the_bytes(storage: Storage, written: list[EventRef]) -> None:
    found = storage.read(path(3))

    assert found
    assert written[-1].digest == digest_of(found[0])
    assert "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" == digest_of(b"hello")


def test_a_storage_out_of_reach_is_told(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    def list_(*_: object) -> None:
        raise OSError("no such host")

    monkeypatch.setattr(Storage, "list", list_)

    with refused(RecordsError, "history-unreadable"):
        History(storage).chains({})
