"""Asks the server for a Python, and is to whoever waits for it what that Python would be. Imports next to nothing."""

import marshal
import os
import select
import sys

signal, socket = __import__("_signal"), __import__("_socket")
"""Without the enumerations about them, which take as long to make as Python takes to start."""

_LOOK_FOR_PARENT_SECONDS = 5


def _nothing(number: int, frame: object) -> None:
    """Leave a signal to the pipe that it wakes."""


def main() -> None:
    """Hand over what this process was given, pass signals on, and end as the other does."""
    address, python, *arguments = sys.argv[1:]
    connection = socket.socket(socket.AF_UNIX)
    signals, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _nothing)
    connection.connect(address)
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    request = marshal.dumps((python, arguments, os.getcwd(), dict(os.environ), ignored))  # noqa: PTH109 - pathlib takes as long to load as all the rest
    streams = b"".join(each.to_bytes(4, sys.byteorder) for each in (0, 1, 2))
    connection.sendmsg([len(request).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
    connection.sendall(request)
    parent = os.getppid()
    while True:
        ready, _, _ = select.select([connection, signals], [], [], _LOOK_FOR_PARENT_SECONDS)
        if signals in ready:
            connection.sendall(os.read(signals, 64))
        if connection in ready:
            break
        if "sandbox.plugin" in arguments and os.getppid() != parent:
            os._exit(0)  # as a plug-in does whose engine was killed
    answer = connection.recv(4)
    if not answer:
        sys.exit("the warm Python that the tests started is gone")
    status = int.from_bytes(answer, "big")
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.waitstatus_to_exitcode(status))


main()
