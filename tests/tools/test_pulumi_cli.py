"""Which CLI is used, and what happens where there is none."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tools import pulumi_cli

GO = """\
#!/bin/sh
case "$1" in
  env) echo go{version} ;;
  list) echo "{folder}" ;;
  build)
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho v3.250.0\\n' > "$2"
    {then} ;;
esac
"""
Place = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a project's folder without a CLI, and a PATH that leads nowhere."""
    folder = tmp_path / "project"
    (folder / "tools" / "cli").mkdir(parents=True)
    (folder / "tools" / "python-host").mkdir()
    monkeypatch.setattr(pulumi_cli, "ROOT", folder)
    monkeypatch.setattr(pulumi_cli, "BIN", folder / ".tools" / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return folder


@pytest.fixture
def place(tmp_path: Path, project: Path) -> Place:
    """Put pretended programs on PATH, or into a folder; without names, a whole CLI."""

    def place(*names: str, version: str = "v3.250.0", folder: Path = tmp_path / "path") -> Path:
        for name in names or ("pulumi", pulumi_cli.HOST, pulumi_cli.EXEC):
            executable(folder / name, f"#!/bin/sh\necho {version}\n")
        return folder

    assert project.exists()
    return place


@pytest.fixture
def go(tmp_path: Path, project: Path) -> Callable[..., None]:
    """Put a pretended Go tool chain on PATH, which builds in no time."""
    module = project / "module"
    script = module / "python" / "cmd" / pulumi_cli.EXEC
    script.parent.mkdir(parents=True)
    script.write_text("#!/bin/sh\n")

    def go(*, version: str = "1.26.0", then: str = ":") -> None:
        executable(tmp_path / "path" / "go", GO.format(version=version, folder=module, then=then))

    return go


@pytest.mark.parametrize("version", ["v3.250.0", "v3.251.0", "v3.1000.0", "v4.0.0", "3.272.0-alpha.1"])
def test_a_cli_on_path_that_is_new_enough_is_used(
    place: Place, capsys: pytest.CaptureFixture[str], version: str
) -> None:
    folder = place(version=version)

    assert 0 == pulumi_cli.main()
    assert f"pulumi: using {folder / 'pulumi'}\n" == capsys.readouterr().out


@pytest.mark.parametrize("version", ["v3.249.9", "v2.300.0", "nonsense", ""])
def test_a_cli_that_is_too_old_is_not_used(place: Place, version: str) -> None:
    place(version=version)

    assert pulumi_cli.find() is None


@pytest.mark.parametrize("missing", ["pulumi", pulumi_cli.HOST, pulumi_cli.EXEC])
def test_a_cli_that_is_not_whole_is_not_used(place: Place, missing: str) -> None:
    (place() / missing).unlink()

    assert pulumi_cli.find() is None


def test_the_cli_that_was_built_here_is_used_where_path_has_none(place: Place, project: Path) -> None:
    place(folder=project / ".tools" / "bin")

    assert str(project / ".tools" / "bin" / "pulumi") == pulumi_cli.find()


def test_a_cli_on_path_goes_before_the_one_that_was_built_here(place: Place, project: Path) -> None:
    place(folder=project / ".tools" / "bin")
    folder = place()

    assert str(folder / "pulumi") == pulumi_cli.find()


def test_the_cli_that_was_built_here_is_used_where_the_one_on_path_is_too_old(place: Place, project: Path) -> None:
    place(version="v3.100.0")
    place(folder=project / ".tools" / "bin")

    assert str(project / ".tools" / "bin" / "pulumi") == pulumi_cli.find()


@pytest.mark.parametrize("version", [None, "1.25.10", "1.9"])
def test_without_a_cli_and_without_go_the_way_out_is_said(
    go: Callable[..., None], capsys: pytest.CaptureFixture[str], version: str | None
) -> None:
    if version is not None:
        go(version=version)

    assert 1 == pulumi_cli.main()
    said = capsys.readouterr().err
    assert said.startswith("error: there is no Pulumi CLI 3.250.0 or newer on PATH, and building it needs Go 1.25.11")
    assert "https://www.pulumi.com/docs/install/" in said


def test_a_cli_that_was_built_is_found_the_next_time(
    go: Callable[..., None], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go()

    assert 0 == pulumi_cli.main()
    assert "built from source; this takes some minutes, once" in capsys.readouterr().out
    assert str(project / ".tools" / "bin" / "pulumi") == pulumi_cli.find()
    assert 0 == pulumi_cli.main()
    assert "pulumi: using" in capsys.readouterr().out


def test_a_build_that_fails_says_why_and_leaves_nothing_that_looks_whole(
    go: Callable[..., None], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go(then="echo no space left on device >&2; exit 1")

    assert 1 == pulumi_cli.main()
    assert "error: building the Pulumi CLI failed:\nno space left on device" in capsys.readouterr().err
    assert [] == finished(project)


def test_an_interrupted_build_leaves_nothing_that_looks_whole_and_can_be_taken_up(
    go: Callable[..., None], project: Path
) -> None:
    go(then="kill -INT $PPID")

    interrupted = run_apart(project)

    assert 130 == interrupted.returncode
    assert "interrupted: run make install again" in interrupted.stderr
    assert [] == finished(project)
    go()
    assert 0 == run_apart(project).returncode
    assert sorted(["pulumi", pulumi_cli.HOST, pulumi_cli.EXEC]) == finished(project)


def finished(project: Path) -> list[str]:
    """List the programs that were built under their final names."""
    folder = project / ".tools" / "bin"
    return sorted(path.name for path in folder.iterdir() if ".partial" not in path.name)


def run_apart(project: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, which can be interrupted."""
    code = (
        "import pathlib, signal, sys; from tools import pulumi_cli as cli; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); "
        "cli.ROOT = pathlib.Path(sys.argv[1]); cli.BIN = cli.ROOT / '.tools' / 'bin'; sys.exit(cli.main())"
    )
    return subprocess.run(
        [sys.executable, "-c", code, project],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )


def executable(path: Path, text: str) -> None:
    """Write a script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
