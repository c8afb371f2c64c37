"""Files are as they were or as they shall be, and nothing is left beside them."""

import errno
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shared import files as module
from shared.files import NotWritten, is_aside, write_file, write_files, write_new
from tests.support.fake_account import always
from tests.support.paths import ROOT

OLD = "as it was\n"
LONG = "x" * 100_000


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of 64 KiB, or where nobody may mount one, whose files may not be longer than that."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode == 0:
        yield folder
        subprocess.run(["umount", folder], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, before[1]))
    yield folder
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def contents(folder: Path) -> dict[str, str]:
    """Give all files of a folder."""
    return {str(each.relative_to(folder)): each.read_text() for each in folder.rglob("*") if each.is_file()}


def test_a_file_is_written_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"

    for text in ("first", "second", b"third"):
        write_file(path, text)

    assert {"new/file": "third"} == contents(tmp_path)


def test_a_new_file_has_the_rights_that_every_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()

    write_file(tmp_path / "ours", "")

    assert (tmp_path / "usual").stat().st_mode == (tmp_path / "ours").stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_mode_and_owner_stay(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    path.write_text(OLD)
    path.chmod(mode)
    with suppress(PermissionError):  # only root gives files away
        os.chown(path, 1234, 1235)
    before = path.stat()

    write_file(path, "new")

    after = path.stat()
    assert (before.st_uid, before.st_gid, mode) == (after.st_uid, after.st_gid, stat.S_IMODE(after.st_mode))
    assert "new" == path.read_text()


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target, link, dangling = tmp_path / "elsewhere" / "file", tmp_path / "link", tmp_path / "dangling"
    target.write_text(OLD)
    link.symlink_to(target)
    dangling.symlink_to(tmp_path / "elsewhere" / "later")

    write_files({link: "new", dangling: "made"})

    assert link.is_symlink()
    assert dangling.is_symlink()
    assert {"file": "new", "later": "made"} == contents(tmp_path / "elsewhere")


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as reader:
        write_file(path, "through")
        assert b"through" == reader.communicate()[0]
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_full_disk_changes_nothing_and_says_so(small: Path) -> None:
    path = small / "file"
    path.write_text(OLD)

    for file in (path, small / "new" / "file"):
        with pytest.raises(NotWritten) as found:
            write_file(file, LONG)
        assert found.value.errno in (errno.ENOSPC, errno.EFBIG)
        assert str(found.value).startswith(f"{file}: cannot be written (")
        assert str(found.value).endswith("). Nothing was changed. Free some space there, and run it again.")

    assert {"file": OLD} == contents(small)
    assert ["file"] == [each.name for each in small.iterdir()]


def test_of_a_set_that_does_not_fit_nothing_is_written(small: Path) -> None:
    (small / "a").write_text(OLD)

    with pytest.raises(NotWritten):
        write_files({small / "a": "new", small / "b": "new", small / "deep" / "c": LONG})

    assert ["a"] == [each.name for each in small.iterdir()]
    assert {"a": OLD} == contents(small)


CALLS = ["fsync", "fdopen", "fchmod", "open"]


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("call", [*CALLS, "replace"])
@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
def test_wherever_it_fails_all_is_as_before_or_as_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str, kind: type[BaseException]
) -> None:
    before = {"a": OLD, "c": OLD}
    for name, text in before.items():
        (tmp_path / name).write_text(text)
    after = {"a": "1", "new/b": "2", "c": "3"}
    owner = Path if call == "replace" else module.os
    right, calls = getattr(owner, call), list[int]()

    def fail(*arguments: object, **options: object) -> object:
        calls.append(1)
        if len(calls) == number + 1:
            raise kind(errno.EIO, "no way")
        return right(*arguments, **options)

    monkeypatch.setattr(owner, call, fail)
    expected = [after]
    try:
        write_files({tmp_path / name: text for name, text in after.items()})
    except NotWritten:
        expected = [before]
    except KeyboardInterrupt:
        expected = [before, after]
    monkeypatch.undo()

    assert contents(tmp_path) in expected


def test_a_writer_that_is_killed_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("a" * 500_000)
    script = (
        "import sys; from pathlib import Path; from shared.files import write_file\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    for letter in 'ab': write_file(Path(sys.argv[1]), letter * 500_000)"
    )
    for pause in (0.0, 0.003, 0.011, 0.029):
        with subprocess.Popen([sys.executable, "-c", script, path], cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            with suppress(subprocess.TimeoutExpired):
                process.wait(pause)
            process.send_signal(signal.SIGKILL)
        assert path.read_text() in ("a" * 500_000, "b" * 500_000)
        assert all(each == path or is_aside(each.name) for each in tmp_path.iterdir())


def test_a_file_that_may_not_be_written_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_text(OLD)
    monkeypatch.setattr(module.os, "access", always(0))  # who is root may write everything

    with pytest.raises(NotWritten, match="Have whoever runs this write there"):
        write_file(path, "new")

    assert {"file": OLD} == contents(tmp_path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="Is a directory"):
        write_file(tmp_path, "new")


def test_a_file_in_the_place_of_a_folder_is_told_by_the_name_that_was_given(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()

    with pytest.raises(NotWritten) as found:
        write_file(tmp_path / "taken" / "new.yaml", "x")
    assert str(found.value).startswith(f"{tmp_path}/taken/new.yaml: cannot be written (Not a directory). Nothing was")


def test_a_new_file_is_never_written_over_another(tmp_path: Path) -> None:
    path = tmp_path / "file"

    assert write_new(path, "first")
    assert not write_new(path, "second")
    assert {"file": "first"} == contents(tmp_path)


def test_it_needs_nothing_but_the_standard_library(tmp_path: Path) -> None:
    """The tools write with it before anything is installed."""
    shutil.copy(ROOT / "shared" / "files.py", tmp_path)

    done = subprocess.run([sys.executable, "-I", "-S", tmp_path / "files.py"], check=False)

    assert 0 == done.returncode
