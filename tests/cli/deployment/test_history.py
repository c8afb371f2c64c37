"""`fleet history` answers from the events of runs, and gives an auditor all of it."""

import csv
import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from fleet.store.history import Event, History
from fleet.store.records import Records
from fleet.store.storage import Storage
from tests.support.command_line import Command
from tests.support.fleet.events import ADA, CI, event, launch
from tests.support.fleet.making import RECORD

PRODUCT = """\
key: embedder
versions:
  - version: 1.0.0
    template: 1.0.0.yaml
    card: 1.0.0.card.yaml
    model_package: arn:aws:sagemaker:eu-central-1:222233334444:model-package/embedder/1
    approval: {approved_by: Model Risk Review, approved_on: 2026-10-01}
"""


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Give a checkout, and where its stacks' histories are kept."""
    (tmp_path / "hub" / "catalog").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    return Storage((tmp_path / "backend").as_uri())


@pytest.fixture
def told(storage: Storage) -> list[Event]:
    """Give two spokes: one that moved, and one that still runs what the other ran."""
    events = [
        event(0, launch()),
        event(3, launch(version="1.1.0"), actor=CI),
        event(1, launch("find"), stack="spoke-b", account="300000000002"),
    ]
    refs = [History(storage).append(each) for each in events]
    Records(storage).write(RECORD.model_copy(update={"event": refs[1]}))
    return events


@pytest.mark.usefixtures("told")
def test_it_lists_what_was_moved_the_oldest_first(command: Command) -> None:
    found = json.loads(command("fleet", "history", "--json").out)

    assert [
        ("spoke-a", "search", "", "1.0.0", ADA),
        ("spoke-b", "find", "", "1.0.0", ADA),
        ("spoke-a", "search", "1.0.0", "1.1.0", CI),
    ] == [(each["stack"], each["launch"], each["before"], each["after"], each["actor"]) for each in found]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("spoke", ["b", "spoke-b"])
def test_it_lists_one_spoke(command: Command, spoke: str) -> None:
    assert ["find"] == [
        each["launch"] for each in json.loads(command("fleet", "history", "--spoke", spoke, "--json").out)
    ]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("--on 2026-11-01", []),
        ("--on 2026-11-03", [("300000000001", "1.0.0"), ("300000000002", "1.0.0")]),
        ("--on 2026-11-06", [("300000000001", "1.1.0"), ("300000000002", "1.0.0")]),
        ("--product embedder --version 1.0.0", [("300000000001", "1.0.0"), ("300000000002", "1.0.0")]),
        ("--product embedder --version 1.1.0", [("300000000001", "1.1.0")]),
        ("--product embedder --on 2026-11-06 --spoke b", [("300000000002", "1.0.0")]),
        ("--product embedder --version 1.1.0 --spoke b", []),
        ("--product prod-embedder --version 1.1.0 --on 2026-11-03", []),
    ],
)
def test_it_tells_what_ran_on_a_day_and_who_ever_ran_a_version(
    command: Command, words: str, found: list[tuple[str, str]]
) -> None:
    ended = command("fleet", "history", *words.split(), "--csv")

    assert found == [(each["account"], each["version"]) for each in csv.DictReader(io.StringIO(ended.out))]


@pytest.mark.usefixtures("told")
def test_the_tables_say_it_in_words(command: Command) -> None:
    assert (
        "spoke-a search 1.0.0 -> 1.1.0 succeeded 999900001111 assumed-role/ci/run-7"
        in command("fleet", "history").words
    )
    assert "2 launches in 2 accounts" in command("fleet", "history", "--on", "2026-11-06").words


@pytest.mark.usefixtures("storage")
def test_what_is_no_day_is_refused(command: Command) -> None:
    ended = command("fleet", "history", "--on", "yesterday")

    assert (ExitCode.MISTAKE, ("invalid-day", "--on")) == (ended.code, ended.refusal)


@pytest.mark.usefixtures("told")
def test_a_history_with_a_gap_is_told_and_the_code_says_so(command: Command, storage: Storage) -> None:
    storage.remove(".fleet/history/spoke-a/00000002.json")

    ended = command("fleet", "history")

    assert ExitCode.NOT_REACHED == ended.code
    assert "the history is not whole: spoke-a: event 2 is missing" in ended.err


def test_who_was_deployed_by_a_release_without_history_is_named(command: Command, storage: Storage) -> None:
    Records(storage).write(RECORD)

    ended = command("fleet", "history")

    assert ExitCode.DONE == ended.code
    assert "note: spoke-a was last deployed by a release that wrote no history" in ended.err


def bundled(path: Path) -> dict[str, bytes]:
    """Read a bundle, whose sums have to be right."""
    with zipfile.ZipFile(path) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ")
        assert digest == hashlib.sha256(files[name]).hexdigest()
    assert files.keys() - {"SHA256SUMS"} == {line.split("  ")[1] for line in files["SHA256SUMS"].decode().splitlines()}
    return files


def write_version(root: Path) -> None:
    """Write the catalog's files of a version."""
    folder = root / "hub" / "catalog" / "products" / "embedder"
    folder.mkdir(parents=True)
    (folder / "product.yaml").write_text(PRODUCT)
    (folder / "1.0.0.yaml").write_text("the template")
    (folder / "1.0.0.card.yaml").write_text("the card")
    (root / "hub" / "catalog" / "templates.lock").write_text("the lock")


@pytest.mark.usefixtures("told")
def test_the_bundle_holds_events_cards_approvals_and_the_chain(
    command: Command, storage: Storage, tmp_path: Path
) -> None:
    write_version(tmp_path)

    ended = command("fleet", "history", "--bundle", "audit.zip")

    files = bundled(tmp_path / "audit.zip")
    stored = storage.read(".fleet/history/spoke-a/00000002.json")
    assert (ExitCode.DONE, "audit.zip: 3 events of 2 stacks; the chain is whole\n") == (ended.code, ended.out)
    assert stored
    assert stored[0] == files["events/spoke-a/00000002.json"]
    assert {"the card", "the template", PRODUCT} == {
        files[f"catalog/embedder/1.0.0/{name}"].decode() for name in ("1.0.0.card.yaml", "1.0.0.yaml", "product.yaml")
    }
    first, second = json.loads(files["approvals.json"])
    assert ("1.0.0", "Model Risk Review", "2026-10-01") == (
        first["version"],
        first["approved_by"],
        first["approved_on"],
    )
    assert ("1.1.0", True) == (second["version"], "neither this checkout" in second["problem"])
    assert [("spoke-a", True), ("spoke-b", True)] == [(each["stack"], each["whole"]) for each in chain_of(files)]
    assert json.loads(files["records/spoke-a.json"])["event"] == {
        "number": 2,
        "digest": f"sha256:{hashlib.sha256(stored[0]).hexdigest()}",
    }


@pytest.mark.usefixtures("told")
def test_a_bundle_of_a_history_with_a_gap_says_so(command: Command, storage: Storage, tmp_path: Path) -> None:
    storage.remove(".fleet/history/spoke-a/00000001.json")

    ended = command("fleet", "history", "--bundle", "audit.zip")

    assert (ExitCode.NOT_REACHED, "audit.zip: 2 events of 2 stacks; not whole\n") == (ended.code, ended.out)
    assert [["event 1 is missing"], []] == [each["problems"] for each in chain_of(bundled(tmp_path / "audit.zip"))]


@pytest.mark.usefixtures("told")
def test_a_version_that_the_catalog_has_no_more_is_found_at_its_commit(
    command: Command, storage: Storage, tmp_path: Path
) -> None:
    write_version(tmp_path)
    commit = committed(tmp_path)
    subprocess.run(["git", "-C", str(tmp_path), "rm", "-qr", "hub/catalog/products"], check=True)
    History(storage).append(event(4, launch("old"), stack="spoke-c", commit=f"{commit}-dirty"))

    command("fleet", "history", "--bundle", "audit.zip")

    assert b"the card" == bundled(tmp_path / "audit.zip")["catalog/embedder/1.0.0/1.0.0.card.yaml"]


@pytest.mark.parametrize(
    "changed",
    [
        {"launches": [launch(product="../../elsewhere")]},
        {"launches": [launch(version="../1")]},
        {"commit": "--output=x"},
    ],
)
def test_what_an_event_names_becomes_no_path_and_no_option(
    command: Command, storage: Storage, tmp_path: Path, changed: dict[str, Any]
) -> None:
    History(storage).append(event(0, **{"launches": [launch()], **changed}))

    command("fleet", "history", "--bundle", "audit.zip")

    files = bundled(tmp_path / "audit.zip")
    assert ["problem"] == [key for key in json.loads(files["approvals.json"])[0] if key == "problem"]
    assert not any(".." in name for name in files)
    assert not (tmp_path / "x").exists()


def chain_of(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """Give what was verified."""
    return json.loads(files["chain.json"])


def committed(root: Path) -> str:
    """Commit a folder, and give the commit."""
    git = ["git", "-C", str(root), "-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run([*git, "add", "hub"], check=True)
    subprocess.run([*git, "commit", "-qm", "x"], check=True)
    return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
