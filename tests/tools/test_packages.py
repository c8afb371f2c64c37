"""pyproject.toml, uv.lock and requirements.lock say the same, and no address."""

from pathlib import Path

import pytest

from tools import packages

PROJECT = '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = []\n'


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that needs nothing, and so is locked without network."""
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    monkeypatch.setattr("sys.argv", ["packages"])
    assert 0 == packages.main(tmp_path)
    monkeypatch.setattr("sys.argv", ["packages", "--check"])
    return tmp_path


def test_what_was_locked_passes_the_check(locked: Path) -> None:
    assert 0 == packages.main(locked)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("pyproject.toml", PROJECT.replace('"1"', '"2"'), "uv lock failed"),
        ("requirements.lock", "semver==3.1.0\n", "requirements.lock is not what uv.lock says"),
    ],
)
def test_what_is_out_of_date_is_refused(
    locked: Path, file: str, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (locked / file).write_text(text)

    assert 1 == packages.main(locked)
    assert said in capsys.readouterr().err


def test_a_lock_with_addresses_is_refused(locked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (locked / "uv.lock").open("a") as lock:
        lock.write("# https://mirror.example.com\n")

    assert 1 == packages.main(locked)
    assert "uv.lock names addresses. Take them out: make lock-packages" in capsys.readouterr().err


def test_of_an_address_only_the_files_name_stays() -> None:
    lock = '{ registry = "https://m.example.com/simple" }\nsdist = { url = "https://m.example.com/a-1.tar.gz", hash'

    assert '{ registry = "any" }\nsdist = { url = "a-1.tar.gz", hash' == packages.without_addresses(lock)


@pytest.mark.parametrize(("name", "options"), [("", []), ("all", ["--upgrade"]), ("moto", ["--upgrade-package=moto"])])
def test_a_version_stays_unless_it_is_let_go(name: str, options: list[str]) -> None:
    assert options == packages.upgraded(name)
