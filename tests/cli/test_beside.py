"""Work that is done beside a command ends as it would have ended within it."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from textwrap import dedent

import pytest

from cli import beside
from cli.beside import Ahead, Beside
from hub.definitions.load import read_catalog
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.paths import ROOT
from tests.support.refused import refused

DIVIDES = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells a process its threads")


def of_its_own(program: str, *arguments: str) -> str:
    """Run a program that has one thread, which the process of a test has not, and give what it prints."""
    begin = (
        "import gc, os, signal, sys, threading, time\nfrom cli import beside\nfrom cli.beside import Ahead, Beside\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", begin + dedent(program), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


@DIVIDES
def test_what_the_work_finds_is_told_by_another_process() -> None:
    kept = """
        found = Beside(lambda: (b"x" * 1_000_000, os.getpid())).result()  # more than a pipe holds
        print(found[0] == b"x" * 1_000_000, found[1] == os.getpid())
    """

    assert "True False\n" == of_its_own(kept)


@DIVIDES
def test_a_process_of_several_threads_is_not_divided_and_does_the_work_itself() -> None:
    """A fork has none of the others, and waits for ever for what one of them held."""
    threads = """
        held, going = threading.Lock(), threading.Event()

        def hold():
            with held:
                going.set()
                time.sleep(0.2)

        threading.Thread(target=hold).start()
        going.wait()

        def work():
            with held:
                return os.getpid()

        print(Beside(work).result() == os.getpid())
    """

    assert "True\n" == of_its_own(threads)


def test_where_nobody_knows_the_threads_nothing_is_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_THREADS", "/no/such/folder")

    assert os.getpid() == Beside(os.getpid).result()


@DIVIDES
def test_what_this_process_has_is_not_ended_beside() -> None:
    circle = """
        class Circle:
            def __init__(self): self.me = self
            def __del__(self): print("ended by", "this" if os.getpid() == here else "another", flush=True)

        here = os.getpid()
        gc.disable()
        Circle()
        Beside(gc.collect).result()
        print("told")
        gc.collect()
    """

    assert "told\nended by this\n" == of_its_own(circle)


def test_what_it_refuses_is_refused_here() -> None:
    def refuse() -> None:
        raise ContentError("is wrong.", code="invalid-value", place="x")

    with refused(ContentError, "invalid-value", "x"):
        Beside(refuse).result()


@DIVIDES
def test_what_it_refuses_beside_is_refused_here() -> None:
    refuse = """
        def refuse():
            raise ValueError("as it is here" if os.getpid() == here else "beside")

        here = os.getpid()
        try:
            Beside(refuse).result()
        except ValueError as problem:
            print(problem)
    """

    assert "as it is here\n" == of_its_own(refuse)


@DIVIDES
def test_a_process_that_is_killed_leaves_the_work_to_the_command() -> None:
    killed = """
        here = os.getpid()
        print(Beside(lambda: "done" if os.getpid() == here else os._exit(9)).result())
    """

    assert "done\n" == of_its_own(killed)


@DIVIDES
def test_a_command_that_is_refused_meanwhile_ends_it_without_a_word() -> None:
    """The command line lets signals interrupt, which work that only computes may not notice for long."""
    refused_meanwhile = """
        import multiprocessing
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        reading, writing = os.pipe()

        def work():
            os.write(writing, b"begun")
            while True:
                time.sleep(1)

        with Beside(work):
            os.read(reading, 5)
            [begun] = multiprocessing.active_children()
        print(begun.is_alive())
    """

    assert "False\n" == of_its_own(refused_meanwhile)


@DIVIDES
@pytest.mark.parametrize(("count", "beside_it"), [(1, []), (2, [1]), (3, [1, 2]), (8, [4, 5, 6, 7])])
def test_the_later_half_is_done_by_another_process(count: int, beside_it: list[int]) -> None:
    halves = """
        beside._WORTH_A_PROCESS = 2
        count = int(sys.argv[1])
        ahead = Ahead(range(count), lambda item: (item, os.getpid()))
        known = [ahead.get(item) for item in range(count)]
        print([each[0] for each in known if each], os.getpid() in {each[1] for each in known if each})
    """

    assert f"{beside_it} False\n" == of_its_own(halves, str(count))


def test_a_catalog_that_is_read_ahead_is_the_same_and_so_are_its_mistakes(
    monkeypatch: pytest.MonkeyPatch, catalog_copy: CatalogCopy
) -> None:
    monkeypatch.setattr(beside, "_WORTH_A_PROCESS", 2)
    assert read_catalog(catalog_copy.folder, DAY) == read_catalog(catalog_copy.folder, DAY, ahead=Ahead)

    for key in ("churn-predictor-shadow", "text-embedder-serverless"):
        catalog_copy.replace(f"products/{key}/product.yaml", "owner:", "ownr:")
    with pytest.raises(ContentError) as alone:
        read_catalog(catalog_copy.folder, DAY)
    with pytest.raises(ContentError) as divided:
        read_catalog(catalog_copy.folder, DAY, ahead=Ahead)
    assert str(alone.value) == str(divided.value)
    assert 2 <= len(divided.value.all)


@DIVIDES
def test_a_catalog_that_is_read_by_two_processes_is_the_same() -> None:
    """All that was read comes through the pipe as it was."""
    two = """
        import datetime
        from pathlib import Path
        from hub.definitions.load import read_catalog
        beside._WORTH_A_PROCESS = 2
        day, folder = datetime.date.fromisoformat(sys.argv[1]), Path("hub/catalog")
        print(read_catalog(folder, day) == read_catalog(folder, day, ahead=Ahead))
    """

    assert "True\n" == of_its_own(two, DAY.isoformat())


def test_the_process_of_a_test_is_not_divided() -> None:
    """A worker has a thread that listens to the run; this one is for a run without workers."""
    ended = threading.Event()
    other = threading.Thread(target=ended.wait)
    other.start()
    try:
        assert os.getpid() == Beside(os.getpid).result()
    finally:
        ended.set()
        other.join()
