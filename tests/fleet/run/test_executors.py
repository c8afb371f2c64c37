"""Who does the work."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from fleet.run.executors import Workforce


@pytest.mark.parametrize("width", [1, 2, 5])
def test_no_more_is_done_at_a_time_than_the_width(width: int) -> None:
    lock, full = threading.Lock(), threading.Barrier(width)
    running, most = 0, 0

    def work(item: str) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        full.wait(10)
        with lock:
            running -= 1
        return item.upper()

    with ThreadPoolExecutor(50) as threads:
        found = Workforce(threads, width, is_here=True).map(work, "abcdefghij")

    assert list("ABCDEFGHIJ") == found
    assert width == most


def test_what_goes_wrong_is_raised() -> None:
    with ThreadPoolExecutor(50) as threads, pytest.raises(ValueError, match="x"):
        Workforce(threads, 2, is_here=True).map(int, ["1", "x"])
