"""The front door as a whole: verbs, help with examples, completion, and what is no command."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.app import NOUNS, app
from cli.exit_codes import ExitCode
from cli.verbs import PROGRAM, example_of
from shared.catalog.lifecycle import AS_OF
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command
from tests.support.paths import ROOT

VERBS = {
    "models": "list show diff new new-version rights rehearse sync lock check verify remove-version remove-samples",
    "organization": "state deployers",
    "stack": "preview up refresh destroy plan adopt recover relaunch",
    "spoke": "new new-repository new-launch ask-access take-requests off-board dead-principals",
    "hub": "divide shares",
    "fleet": "plan up propose status drift history shards accounts",
    "fleet what-if": "publish retire edit",
    "sandbox": "serve env demo",
    "proof": "run remove rehearse",
    "site": "build serve",
}


def verbs() -> Iterator[tuple[str, str, Any]]:
    """Give every verb with its noun and its command."""
    group: Any = typer.main.get_command(app)
    for noun, of in group.commands.items():
        if noun not in NOUNS:
            yield "", noun, of
            continue
        for verb, command in of.commands.items():
            if hasattr(command, "commands"):  # a noun of its own
                yield from ((f"{noun} {verb}", inner, found) for inner, found in command.commands.items())
            else:
                yield noun, verb, command


EVERY = {f"{noun} {verb}".lstrip(): command for noun, verb, command in verbs()}


def test_the_nouns_and_verbs_are_those_of_the_documentation() -> None:
    found = {noun: {verb for of, verb, _ in verbs() if of == noun} for noun in (*NOUNS, "fleet what-if")}

    assert {noun: set(names.split()) for noun, names in VERBS.items()} == found
    assert {"doctor", "mcp"} == {verb for of, verb, _ in verbs() if not of}, "all else has a noun"


@pytest.mark.parametrize("name", EVERY)
def test_the_example_of_a_verb_is_a_command_of_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AS_OF, "2026-11-01")  # which --as-of sets, to be put back
    program, *words = shlex.split(example_of(EVERY[name].epilog))

    said = name.split()
    assert [PROGRAM, *said] == [program, *words[: len(said)]]
    assert EVERY[name] is EVERY[name].make_context(name, words[len(said) :]).command


LOOKING = {
    *("models list", "models show", "models diff", "models check", "models verify", "stack preview", "stack plan"),
    *("fleet plan", "fleet status", "fleet drift", "fleet history", "fleet shards", "hub shares"),
    *("fleet what-if publish", "fleet what-if retire", "fleet what-if edit"),
    *("sandbox serve", "sandbox env", "site build", "site serve", "mcp", "spoke ask-access", "doctor"),
}


@pytest.mark.parametrize("name", sorted(EVERY.keys() - LOOKING))
@pytest.mark.parametrize("day", ["2999-01-01", "no day"])
def test_whatever_may_change_something_is_refused_with_a_day_that_has_not_come(
    name: str, day: str, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "hub").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(AS_OF, day)
    words = [each for each in shlex.split(example_of(EVERY[name].epilog))[1:] if each != "--dry-run"]

    ended = command(*words)

    code = "day-ahead" if day.isascii() and day[0] == "2" else "invalid-value"
    assert (ExitCode.MISTAKE, (code, AS_OF)) == (ended.code, ended.refusal)
    assert [tmp_path / "hub"] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", EVERY)
def test_help_tells_what_a_verb_does_and_shows_its_example(name: str, command: Command) -> None:
    ended = command(*name.split(), "--help")

    assert 0 == ended.code
    assert EVERY[name].short_help.partition(" ")[0] in ended.out
    assert f"Example: {PROGRAM} {name}" in ended.out
    assert EVERY[name].short_help.endswith(".")


@pytest.mark.parametrize("words", [[], ["models"], ["--help"], ["fleet", "what-if"]])
def test_help_cuts_nothing(words: list[str], command: Command) -> None:
    ended = command(*words)
    said = ended.out + ended.err

    assert "..." not in said.replace("[ARGS]...", "")
    assert {True} == {len(line) <= 80 for line in said.splitlines()}


@pytest.mark.parametrize(
    "words",
    [
        ["modls"],
        ["models", "lst"],
        ["models", "show"],
        ["models", "list", "--licences", "x"],
        ["fleet", "shards", "many"],
        ["sandbox", "serve", "--port", "65536"],
        ["spoke", "new", "finance"],
    ],
)
def test_what_is_no_command_is_a_mistake_of_the_callers(words: list[str], command: Command) -> None:
    ended = command(*words)

    assert (ExitCode.MISTAKE, "") == (ended.code, ended.out.partition("Usage")[0])


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("spoke new-repository file risk 666677778888", "'FOLDER'"),
        ("fleet propose --out file", "'--out'"),
        ("fleet plan --comment .", "'--comment'"),
        ("stack preview hub --comment .", "'--comment'"),
        ("fleet history --bundle .", "'--bundle'"),
        ("fleet history --csv --json", "--json and --csv"),
        ("fleet status --csv --json", "--json and --csv"),
        ("models rehearse any --answers none.yaml", "'--answers'"),
    ],
)
def test_what_an_option_cannot_be_is_said_before_anything_begins(
    words: str, option: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hub").mkdir()
    (tmp_path / "file").touch()

    ended = command(*words.split())

    assert (ExitCode.MISTAKE, "") == (ended.code, ended.out)
    assert f"Error: Invalid value for {option}: " in ended.err


def test_a_folder_that_is_not_the_projects_is_named(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = command("models", "list")

    assert (ExitCode.MISTAKE, "") == (ended.code, ended.out)
    assert f"error: {tmp_path}: there is no catalog. Run model-catalog in the folder of the project.\n" == ended.err


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("models show fr", ["fraud-detector-realtime"]),
        ("models show fraud-detector-realtime 1.", ["1.0.0", "1.1.0"]),
        ("models diff fraud-detector-realtime 1.0.0 1.1", ["1.1.0"]),
        ("models show nothing 1", []),
        ("stack up sp", ["spoke-finance"]),
        ("spoke off-board f", ["finance"]),
        ("fleet status --product te", ["text-embedder-serverless"]),
    ],
)
def test_a_line_is_completed_with_what_there_is(words: str, expected: list[str], tmp_path: Path) -> None:
    for stack in ("hub", "spoke-finance"):
        (tmp_path / f"Pulumi.{stack}.yaml").touch()

    assert expected == complete(words)


def test_a_product_that_cannot_be_read_completes_nothing(catalog: CatalogCopy) -> None:
    catalog.write("products/text-embedder-serverless/product.yaml", "versions: [")

    assert [] == complete("models show text-embedder-serverless 1")


def complete(words: str) -> list[str]:
    """Complete the last word of a line, as the shell's script asks for it."""
    done = subprocess.run(
        [sys.executable, "-m", "cli"],
        env={
            "_MODEL_CATALOG_COMPLETE": "complete_zsh",
            "_TYPER_COMPLETE_ARGS": f"model-catalog {words}",
            "PYTHONPATH": str(ROOT),
            "PATH": "",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.split('"')[1] for line in done.stdout.splitlines() if '"' in line]
