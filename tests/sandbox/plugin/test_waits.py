"""The real plug-in's rhythm of looking again, and when it gives up."""

from collections.abc import Callable

import pytest

from sandbox.plugin.failure import AWSError, Cancelled, Failure, Gone
from sandbox.plugin.waits import Clock, passing, retry, until_gone, wait
from tests.support.sandbox.plugin_scripted import Watch


def states(*names: str | None) -> Callable[[], tuple[str, str] | None]:
    """A look that sees these states in turn, and the last one for ever."""
    left = list(names)

    def look() -> tuple[str, str] | None:
        name = left.pop(0) if len(left) > 1 else left[0]
        return None if name is None else (name, name)

    return look


def test_a_plain_wait_needs_its_target_once() -> None:
    watch = Watch()
    assert wait(watch, 180, states("BUSY", "READY"), target=("READY",), pending=("BUSY",)) == "READY"
    assert watch.pauses == [0.2]


def test_a_steady_wait_needs_its_target_twice_in_a_row() -> None:
    watch = Watch()
    look = states("READY", "BUSY", "READY", "READY")
    wait(watch, 180, look, target=("READY",), pending=("BUSY",), steady=True)
    assert watch.pauses == [2, 4, 8]


@pytest.mark.parametrize(("steady", "looks", "seconds"), [(False, 21, 152.6), (True, 6, 34)])
def test_a_wait_gives_up_on_what_never_appears(*, steady: bool, looks: int, seconds: float) -> None:
    watch = Watch()
    with pytest.raises(Gone, match=rf"couldn't find resource \({looks} retries\)"):
        wait(watch, 180, states(None), target=("READY",), pending=(), steady=steady)
    assert sum(watch.pauses) == pytest.approx(seconds)


def test_an_unexpected_state_ends_a_wait_at_once() -> None:
    with pytest.raises(Failure, match="unexpected state 'FAILED', wanted target 'A, B'"):
        wait(Watch(), 180, states("FAILED"), target=("A", "B"), pending=())


def test_a_wait_ends_at_its_limit() -> None:
    watch = Watch()
    text = r"timeout while waiting for state to become 'READY' \(last state: 'BUSY', timeout: 3m0s\)"
    with pytest.raises(Failure, match=text):
        wait(watch, 180, states("BUSY"), target=("READY",), pending=("BUSY",))
    assert sum(watch.pauses) == pytest.approx(180)


def test_waiting_for_the_end_needs_one_look_that_finds_nothing() -> None:
    watch = Watch()
    left = ["there", None]
    until_gone(watch, 180, lambda: left.pop(0))
    assert watch.pauses == [0.2]


def test_a_retry_reports_the_last_error_of_aws() -> None:
    watch, calls = Watch(), list[int]()

    def call() -> None:
        calls.append(1)
        raise AWSError(f"call {len(calls)}", code="Busy", message="try again")

    with pytest.raises(AWSError, match="call 8"):
        retry(watch, 30, call, on=passing("Busy", saying="again"))
    assert watch.pauses == [0.5, 1, 2, 4, 8, 10, 4.5]


def test_an_error_that_will_not_pass_is_not_retried() -> None:
    watch = Watch()

    def call() -> None:
        raise AWSError("no", code="Denied")

    with pytest.raises(AWSError, match="no"):
        retry(watch, 30, call, on=passing("Busy"))
    assert not watch.pauses


def test_cancel_ends_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    def real_time(endpoint: str) -> float:
        del endpoint
        return 1

    monkeypatch.setattr("sandbox.plugin.waits._speed_of", real_time)
    clock = Clock("")
    clock.cancel()
    with pytest.raises(Cancelled):
        clock.sleep(3600)
