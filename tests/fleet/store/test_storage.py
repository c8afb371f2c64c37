"""Objects in a folder or a bucket: written as a whole, created only once."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from fleet.errors import SettingsError
from fleet.store.storage import Storage, StorageError, backend_url, error_text, is_cloud
from tests.support.fleet.making import MANAGEMENT
from tests.support.refused import refused
from tests.support.sandbox.process import Sandbox

BUCKET = "fleet-storage"


@pytest.fixture(
    params=["folder", *(pytest.param(each, marks=pytest.mark.sandbox) for each in ("bucket", "folder of a bucket"))]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty folder or bucket."""
    if cast("str", request.param) == "folder":
        yield (tmp_path / "new").as_uri()
        return
    client = cast("Sandbox", request.getfixturevalue("sandbox")).client("s3", MANAGEMENT)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield f"s3://{BUCKET}" if request.param == "bucket" else f"s3://{BUCKET}/some/where?region=eu-central-1"
    for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=found["Key"])
    client.delete_bucket(Bucket=BUCKET)


def test_what_is_written_can_be_read_listed_and_removed(place: str) -> None:
    storage = Storage(place)

    storage.write("a/one.json", b"1")
    storage.write("a/deep/two.json", b"2")
    storage.write("b/three.json", b"3")

    found = storage.read("a/one.json")
    assert found
    assert b"1" == found[0]
    assert {"a/one.json": found[1]} == {each.path: each.tag for each in storage.list("a") if "deep" not in each.path}
    assert {"a/one.json", "a/deep/two.json"} == {each.path for each in storage.list("a")}
    storage.remove("a/one.json")
    assert None is storage.read("a/one.json")
    assert ["a/deep/two.json"] == [each.path for each in storage.list("a")]


def test_what_is_not_there_is_no_mistake(place: str) -> None:
    storage = Storage(place)

    assert None is storage.read("a/none.json")
    assert [] == list(storage.list("a"))
    storage.remove("a/none.json")


def test_an_object_can_be_created_only_once(place: str) -> None:
    storage = Storage(place)

    assert [True, False] == [bool(storage.create("a", content)) for content in (b"first", b"second")]
    found = storage.read("a")
    assert found
    assert b"first" == found[0]
    storage.remove("a")
    assert storage.create("a", b"third")


def test_of_several_that_create_an_object_one_succeeds(place: str) -> None:
    def create(number: int) -> bool:
        return bool(Storage(place).create("a", b"%d" % number))

    with ThreadPoolExecutor(8) as workers:
        made = list(workers.map(create, range(8)))

    assert 1 == sum(made)
    found = Storage(place).read("a")
    assert found
    assert made.index(True) == int(found[0])


def test_an_object_is_replaced_only_where_it_is_as_it_was_read(place: str) -> None:
    storage = Storage(place)
    first = storage.create("a", b"first")
    assert first

    second = storage.replace("a", first, b"second")

    assert second
    assert None is storage.replace("a", first, b"third")
    assert storage.replace("a", second, b"fourth")
    assert b"fourth" == getattr(storage.read("a"), "content", None)


def test_what_was_removed_is_not_made_anew(place: str) -> None:
    storage = Storage(place)
    found = storage.create("a", b"first")
    assert found
    storage.remove("a")

    assert None is storage.replace("a", found, b"second")
    assert None is storage.read("a")


def test_of_several_that_replace_an_object_one_succeeds(place: str) -> None:
    found = Storage(place).create("a", b"first")
    assert found

    def replace(number: int) -> bool:
        return bool(Storage(place).replace("a", found, b"%d" % number))

    with ThreadPoolExecutor(8) as workers:
        made = list(workers.map(replace, range(8)))

    assert 1 == sum(made)
    assert made.index(True) == int(getattr(Storage(place).read("a"), "content", b""))


def test_an_objects_age_is_told_by_the_storages_own_time(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = Storage(place)
    storage.write("a", b"1")
    monkeypatch.setattr(time, "time", lambda: 0.0)

    time.sleep(1.1)

    assert 1 <= storage.age("a").total_seconds() < 60
    assert ["a"] == [each.path for each in storage.list("") if each.path != ".fleet/lock"]


def test_what_a_killed_writer_left_is_not_listed(tmp_path: Path) -> None:
    storage = Storage(tmp_path.as_uri())
    storage.write("a/one", b"1")
    (tmp_path / "a" / ".0123456789abcdef.aside").touch()

    assert ["a/one"] == [each.path for each in storage.list("a")]


def test_every_write_gives_another_tag(place: str) -> None:
    storage = Storage(place)
    tags: list[str] = []

    for number in range(4):
        storage.write("a/one", b"%d" % number)
        tags += [each.tag for each in storage.list("a")]

    assert 4 == len(set(tags))


def test_folders_are_told_apart_by_their_whole_names(place: str) -> None:
    storage = Storage(place)
    storage.write("claims/spoke-a/1", b"")
    storage.write("claims/spoke-ab/1", b"")

    assert ["claims/spoke-a/1"] == [each.path for each in storage.list("claims/spoke-a")]


def test_a_bucket_that_is_not_there_is_told_in_its_own_words(sandbox: Sandbox) -> None:
    del sandbox

    with pytest.raises(StorageError) as caught:
        list(Storage("s3://nobody-has-this").list("a"))

    assert "NoSuchBucket" in error_text(caught.value)
    assert "\n" not in error_text(caught.value)


def test_what_only_its_authors_understand_is_left_out() -> None:
    assert "it is gone" == error_text(OSError("it is\n  gone Debug source:\nNotFound { }"))


@pytest.mark.parametrize("address", ["state", "ftp://state", "/var/state", "mem://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with refused(SettingsError, "invalid-address"):
        Storage(address)


def test_the_environments_backend_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log_in(monkeypatch, tmp_path, {"current": "s3://logged-in"})
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///state")

    assert "file:///state" == backend_url()


def test_else_it_is_the_one_that_pulumi_is_logged_in_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log_in(monkeypatch, tmp_path, {"current": "s3://logged-in"})

    assert "s3://logged-in" == backend_url()


@pytest.mark.parametrize("credentials", [None, {}, {"current": ""}])
def test_without_a_backend_there_is_advice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, credentials: dict[str, str] | None
) -> None:
    log_in(monkeypatch, tmp_path, credentials)

    with refused(SettingsError, "no-backend"):
        backend_url()


@pytest.mark.parametrize(
    ("url", "cloud"),
    [("https://api.pulumi.com", True), ("http://localhost:8080", True), ("s3://b", False), ("file:///state", False)],
)
def test_pulumi_cloud_is_told_by_its_address(url: str, cloud: bool) -> None:  # noqa: FBT001 - what is expected
    assert cloud is is_cloud(url)


def log_in(monkeypatch: pytest.MonkeyPatch, home: Path, credentials: dict[str, str] | None) -> None:
    """Let Pulumi have these credentials, and the environment no backend."""
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.setenv("PULUMI_HOME", str(home))
    if credentials is not None:
        (home / "credentials.json").write_text(json.dumps(credentials))
