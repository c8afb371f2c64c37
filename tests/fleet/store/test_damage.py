"""What a kill or a full disk has torn is named, and put right from what is left."""

import gzip
import json
from functools import partial
from typing import Any

import pytest

from fleet.store.damage import Damage
from fleet.store.storage import Storage

PROJECT = "model-catalog-spoke"
STATE = f".pulumi/stacks/{PROJECT}/spoke-a.json"
META = ".pulumi/meta.yaml"


def state(number: int) -> bytes:
    """Write a state that is told apart from others."""
    latest: dict[str, Any] = {"resources": [{"type": "pulumi:pulumi:Stack", "urn": "urn:1", "outputs": {"n": number}}]}
    return json.dumps({"version": 3, "checkpoint": {"stack": "spoke-a", "latest": latest}}).encode()


@pytest.fixture
def damage(storage: Storage) -> Damage:
    """Give what looks at a stack whose files are whole."""
    storage.write(META, b"version: 1\n")
    storage.write(STATE, state(9))
    for path in (META, STATE, f"{STATE}.bak"):
        storage.write(f"{path}.attrs", b'{"user.content_type": "x"}')
    storage.write(f".pulumi/stacks/{PROJECT}/spoke-b.json.attrs", b"")  # of somebody else
    return Damage(storage, PROJECT, "spoke-a")


def test_what_is_whole_is_left_alone(damage: Damage, storage: Storage) -> None:
    before = {entry.path: storage.read(entry.path) for entry in storage.list(".pulumi")}

    assert ([], []) == (damage.found(), damage.repair())
    assert before == {entry.path: storage.read(entry.path) for entry in storage.list(".pulumi")}


def test_a_backend_without_descriptions_is_whole(storage: Storage) -> None:
    storage.write(STATE, state(1))

    assert [] == Damage(storage, PROJECT, "spoke-a").found()


@pytest.mark.parametrize("path", [META, STATE, f"{STATE}.bak"])
@pytest.mark.parametrize("content", [b"", b'{"user.content'])
def test_a_torn_description_is_removed(damage: Damage, storage: Storage, path: str, content: bytes) -> None:
    torn = f"{path}.attrs"
    storage.write(torn, content)

    assert [torn] == damage.found()
    assert [f"removed a damaged file that a killed run left beside the state: {torn}"] == damage.repair()
    assert None is storage.read(torn)
    assert [] == damage.found()


@pytest.mark.parametrize("content", [b"", b"version:", b"vers", b"- 1\n", b"\xff"])
def test_a_torn_layout_is_written_anew(damage: Damage, storage: Storage, content: bytes) -> None:
    storage.write(META, content)

    assert [META] == damage.found()
    assert [f"wrote {META} anew, which was damaged"] == damage.repair()
    written = storage.read(META)
    assert written
    assert b"version: 1\n" == written[0]


@pytest.mark.parametrize(
    "torn",
    [b"", state(1)[:40], b"[]", b"null", b'{"checkpoint": 1}', b'{"checkpoint": {"latest": {"resources": [1]}}}'],
)
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_torn_state_is_put_back_from_the_one_before(storage: Storage, torn: bytes, ending: str) -> None:
    pack = partial(gzip.compress, mtime=0) if ending else bytes  # it has the time in it, to the second
    storage.write(STATE + ending, pack(torn))
    storage.write(f"{STATE}{ending}.bak", pack(state(8)))
    damage = Damage(storage, PROJECT, "spoke-a")

    assert [STATE + ending] == damage.found()
    [told] = damage.repair()

    assert f"put back from {STATE}{ending}.bak; the damaged one is {STATE}{ending}.damaged" in told
    assert pack(state(8)) == _content(storage, STATE + ending)
    assert pack(torn) == _content(storage, f"{STATE}{ending}.damaged")
    assert [] == damage.found()


def test_where_both_are_torn_the_end_of_the_last_run_that_is_whole_is_taken(storage: Storage, damage: Damage) -> None:
    history, backups = (f".pulumi/{folder}/{PROJECT}/spoke-a" for folder in ("history", "backups"))
    storage.write(STATE, b"")
    storage.write(f"{STATE}.bak", state(8)[:20])
    storage.write(f"{history}/spoke-a-100.checkpoint.json", state(1))
    storage.write(f"{history}/spoke-a-100.history.json", b"{}")
    storage.write(f"{history}/spoke-a-300.checkpoint.json.gz", gzip.compress(state(3)))
    storage.write(f"{backups}/spoke-a.200.json", state(2))
    storage.write(f"{history}/spoke-a-400.checkpoint.json", b"")  # torn too

    [told] = damage.repair()

    assert f"{history}/spoke-a-300.checkpoint.json.gz" in told
    assert state(3) == _content(storage, STATE)


def test_where_nothing_is_left_the_state_is_empty_and_the_torn_one_kept(storage: Storage, damage: Damage) -> None:
    storage.write(STATE, b"{torn")

    [told] = damage.repair()

    assert "nothing is left to put it back from" in told
    assert b"{torn" == _content(storage, f"{STATE}.damaged")
    assert None is json.loads(_content(storage, STATE))["checkpoint"]["latest"]


def _content(storage: Storage, path: str) -> bytes:
    found = storage.read(path)
    assert found
    return found[0]
