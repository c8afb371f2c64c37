"""Runs Pulumi only as long as a lease lasts: the process between a fleet and an engine.

Nobody else can end an engine in time: its fleet may be stopped, killed, or cut off from the storage while the engine
goes on. After every renewal of its lease the fleet says two times on standard input: at the first the engine is asked
to end, as by Ctrl-C, so that it ends what it has begun; at the second it is killed. Where the fleet itself has ended,
the engine goes on until then. With the guard the engine ends too, as the kernel sees to.

It is started as a file, by a bare interpreter: one of these runs beside each engine.
"""

import ctypes
import os
import select
import signal
import sys
import time

_LOOK_SECONDS = 5
"""What is waited for at most: the time that a machine sleeps is not seen by a wait."""

_DIE_WITH_PARENT = 1  # prctl(2), PR_SET_PDEATHSIG


def main(tell: int, command: list[str]) -> None:
    """Tell the engine's number, and run it once the fleet has answered; end as it ends."""
    guard = os.getpid()
    waiting, go = os.pipe()
    ended, noticing = os.pipe()
    os.set_blocking(noticing, False)
    signal.signal(signal.SIGCHLD, _notice)
    signal.set_wakeup_fd(noticing, warn_on_full_buffer=False)
    engine = os.fork()
    if engine == 0:
        os.close(go)
        _become(command, guard, waiting)
    os.write(tell, f"{engine}\n".encode())
    os.close(tell)
    os.close(waiting)
    times = _allowed((0.0, 0.0), os.read(0, 4096))
    if times[1]:
        os.write(go, b"1")
    os.close(go)
    _end_as(_watch(engine, times, ended))


def _notice(number: int, frame: object) -> None:
    """Do nothing: that there is a handler makes the signal wake the wait."""


def _become(command: list[str], guard: int, waiting: int) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if not os.read(waiting, 1) or os.getppid() != guard:
        os._exit(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    try:
        os.execvp(command[0], command)  # noqa: S606 - a shell would be one process more
    except OSError as problem:
        os.write(2, f"error: {command[0]}: {problem.strerror}\n".encode())
        os._exit(127)


def _watch(engine: int, times: tuple[float, float], ended: int) -> int:
    """Wait for the engine's end, and bring it about in time; gives how it ended, as waitpid does."""
    asked, listening = False, [0]
    while True:
        pid, status = os.waitpid(engine, os.WNOHANG)
        if pid:
            return status
        to_ask, to_kill = (each - _elapsed() for each in times)
        if to_kill <= 0:
            os.kill(engine, signal.SIGKILL)
            return os.waitpid(engine, 0)[1]
        if to_ask <= 0 and not asked:
            os.kill(engine, signal.SIGINT)
        asked = to_ask <= 0
        ready, _, _ = select.select([*listening, ended], [], [], min(_LOOK_SECONDS, to_kill if asked else to_ask))
        if ended in ready:
            os.read(ended, 4096)
        if 0 in ready:
            said = os.read(0, 4096)
            listening = listening if said else []
            times = _allowed(times, said)


def _allowed(times: tuple[float, float], said: bytes) -> tuple[float, float]:
    """Read the last of what the fleet said; where it said nothing it has ended."""
    found = said.decode().split()
    return (float(found[-2]), float(found[-1])) if found else times


def _elapsed() -> float:
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _end_as(status: int) -> None:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
