"""Templates that a command writes: kept in a file, locked, and refused where the command writes something else."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.catalog import check, template_commands
from cli.exit_codes import ExitCode
from hub.definitions.load import read_catalog
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.command_line import Command

FOLDER = "products/text-embedder-serverless"
FILE = f"hub/catalog/{FOLDER}/1.1.0.yaml"
PLACE = f"hub/catalog/{FOLDER}/product.yaml: versions[1].template.command"
PROGRAM = "import pathlib, sys; sys.stdout.write(pathlib.Path('1.0.0.yaml').read_text() + '# ' + sys.argv[1])"


@pytest.fixture(autouse=True)
def no_lint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave cfn-lint out, which takes seconds."""
    monkeypatch.setattr(check, "_lint", lambda: iter(()))


def by_command(catalog: CatalogCopy, *command: str) -> None:
    """Add a version whose template a command writes."""
    catalog.add_version("text-embedder-serverless", "1.1.0", template="1.1.0.yaml")
    (catalog.folder / FOLDER / "1.1.0.yaml").unlink()
    written(catalog, *command)


def written(catalog: CatalogCopy, *command: str) -> None:
    """Write the command into the version's entry."""
    file = catalog.folder / FOLDER / "product.yaml"
    content: dict[str, Any] = yaml.safe_load(file.read_text())
    content["versions"][-1]["template"] = {"command": list(command)}
    file.write_text(yaml.safe_dump(content, sort_keys=False))


def test_what_a_command_writes_is_kept_locked_and_read_without_the_command(
    catalog: CatalogCopy, command: Command
) -> None:
    by_command(catalog, "python3", "-c", PROGRAM, "first")

    assert "1.1.0.yaml: is not what the command of 1.1.0 writes now" in command("models", "check").err
    ended = command("models", "lock")

    assert f"{FILE}: written by its command" in ended.out
    assert "added text-embedder-serverless 1.1.0" in ended.out
    assert (0, "hub/catalog: nothing to mend\n") == (command("models", "check").code, command("models", "check").out)
    written(catalog, "no-such-program")
    assert read_catalog(catalog.folder, DAY)


def test_a_locked_version_is_never_written_anew_and_refused_where_the_command_has_moved_on(
    catalog: CatalogCopy, command: Command
) -> None:
    by_command(catalog, "python3", "-c", PROGRAM, "first")
    _ = command("models", "lock")
    before = Path(FILE).read_bytes()
    written(catalog, "python3", "-c", PROGRAM, "second")

    assert "written by its command" not in command("models", "lock").out
    assert before == Path(FILE).read_bytes()
    ended = command("models", "check")
    assert ExitCode.NOT_REACHED == ended.code
    assert "name the file alone (template: 1.1.0.yaml)" in ended.err
    assert 0 == command("models", "check", "--no-commands").code


def test_a_version_that_is_not_locked_is_written_anew(catalog: CatalogCopy, command: Command) -> None:
    by_command(catalog, "python3", "-c", PROGRAM, "first")
    Path(FILE).write_text("Resources: {}\n")

    assert "Write it: model-catalog models lock." in command("models", "check").err
    assert f"{FILE}: written by its command" in command("models", "lock").out


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (("python3", "-c", "import sys; sys.exit('no stack named so')"), "ends with 1. It says: no stack named so"),
        (("python3", "-c", "pass"), "writes nothing to its standard output"),
        (("python3", "-c", "print('x' * 2_000_000)"), "writes more than 1 MiB to its standard output"),
        (("no-such-program",), "no-such-program cannot be started (No such file or directory)"),
        (("echo $HOME; true",), "cannot be started"),
    ],
)
def test_a_command_that_fails_is_told_with_its_place_and_nothing_is_locked(
    catalog: CatalogCopy, command: Command, program: tuple[str, ...], words: str
) -> None:
    by_command(catalog, *program)
    lock = (catalog.folder / "templates.lock").read_bytes()

    for ended in (command("models", "lock"), command("models", "check")):
        assert f"error: {PLACE}: " in ended.err
        assert words in ended.err
    assert lock == (catalog.folder / "templates.lock").read_bytes()


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ({"commands": ["cdk"]}, "versions[1].template.commands: is not a known key. Did you mean command?"),
        ({"command": []}, "versions[1].template.command: invalid value a list. Expected a list of a program and its"),
        ({"command": ["cdk", ""]}, "versions[1].template.command[1]: invalid value ''."),
        ({"command": "cdk synth"}, "versions[1].template.command: invalid value 'cdk synth'. Expected a list of a"),
        ({"command": ["cdk"], "file": "../x"}, "versions[1].template.file: invalid value '../x'. Expected the name of"),
        (["cdk"], "versions[1].template: invalid value a list. Expected the name of a file"),
    ],
)
def test_a_command_that_is_not_written_as_one_is_told(
    catalog: CatalogCopy, command: Command, template: object, words: str
) -> None:
    by_command(catalog, "cdk")
    file = catalog.folder / FOLDER / "product.yaml"
    content: dict[str, Any] = yaml.safe_load(file.read_text())
    content["versions"][-1]["template"] = template
    file.write_text(yaml.safe_dump(content, sort_keys=False))

    told = command("models", "lock").err.splitlines()

    assert any(words in line for line in told)
    assert all("versions[1].template" in line for line in told)


def test_a_command_that_does_not_end_is_ended_with_all_that_it_started(
    catalog: CatalogCopy, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(template_commands, "SECONDS", 0.5)
    program = (
        "import subprocess, sys\n"
        "p = subprocess.Popen(['sleep', '60'])\n"
        "open(sys.argv[1], 'w').write(str(p.pid))\n"
        "p.wait()"
    )
    by_command(catalog, "python3", "-c", program, str(tmp_path / "pid"))

    assert "has not ended after 0.5 seconds" in command("models", "lock").err

    process, until = int((tmp_path / "pid").read_text()), time.monotonic() + 5
    while Path(f"/proc/{process}/stat").exists() and time.monotonic() < until:
        if Path(f"/proc/{process}/stat").read_text().split()[2] == "Z":
            break
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{process}").exists()


def test_a_command_sees_no_secret_of_the_environment(
    catalog: CatalogCopy, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "hunter2")
    by_command(catalog, "python3", "-c", "import os, sys; sys.exit(' '.join(sorted(os.environ)))")

    said = command("models", "lock").err

    assert "PATH" in said
    assert "AWS" not in said
    assert "PASSPHRASE" not in said
    assert os.environ["AWS_SECRET_ACCESS_KEY"]


def test_other_files_of_a_product_may_be_its_commands(catalog: CatalogCopy, command: Command) -> None:
    by_command(catalog, "python3", "-c", PROGRAM, "first")
    catalog.write(f"{FOLDER}/cdk.json", "{}")
    catalog.write(f"{FOLDER}/0.9.0.yaml", "{}")

    err = command("models", "lock").err

    assert "0.9.0.yaml: is named nowhere in product.yaml" in err
    assert "cdk.json" not in err
