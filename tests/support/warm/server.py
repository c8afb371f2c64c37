"""Forks Pythons that have every package loaded: `python -m tests.support.warm.server SOCKET OWNER`."""

import atexit
import functools
import gc
import importlib
import io
import marshal
import os
import pkgutil
import runpy
import selectors
import shutil
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import botocore.session
from botocore.loaders import create_loader

from tests.support.later import put_off

PROGRAMS: Final = ("shared", "hub", "spoke", "organization", "fleet", "cli")
SANDBOX: Final = "sandbox"
"""Which imports nothing of theirs."""
CALLED: Final = ("cloudformation", "iam", "organizations", "s3", "sagemaker", "servicecatalog", "sts")
"""Services of AWS whose descriptions boto3 would read anew in each fork."""
DECLARED: Final = ("cloudformation", "iam", "organizations", "s3", "servicecatalog")
"""What Pulumi's SDK loads with the first resource of a service."""
EMULATED: Final = ("cloudwatch", "iam", "logs", "organizations", "s3", "sagemaker", "ssm", "sts")
"""What moto loads with the first call of a service."""
MARKS: Final[dict[str, dict[str, tuple[int, int]]]] = {}
"""Size and age of each file of what is loaded, by package."""
LENGTH: Final = 4
"""Bytes that say how long a request is, and bytes of an answer."""
_STANDARD: Final = (0, 1, 2)
_PASSED_ON: Final = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Serve until the owner's process ends; a fork leaves as the program that was asked for."""
    address, owner = sys.argv[1:]
    _load()
    sys.path.pop(0)  # the project, which a program finds at its own place
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    try:
        _Server(listener, int(owner)).serve()
    finally:
        shutil.rmtree(Path(address).parent, ignore_errors=True)


def _load() -> None:
    """Import all that the project's programs do, and so what they are made of."""
    put_off()
    gc.disable()
    for root in (*PROGRAMS, SANDBOX):
        package = importlib.import_module(root)
        folder = Path(package.__path__[0])
        MARKS[root] = {str(file.relative_to(folder)): _mark(file) for file in folder.rglob("*.py")}
        for module in pkgutil.walk_packages(package.__path__, f"{root}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    importlib.import_module("cfnlint.runner")
    for service in EMULATED:
        importlib.import_module(f"moto.{service}.urls")
    for service in DECLARED:
        _ = importlib.import_module(f"pulumi_aws.{service}").__file__  # any attribute loads it
    botocore.session.create_loader = functools.cache(create_loader)  # one for all sessions
    descriptions = botocore.session.create_loader(None)
    for name in ("endpoints", "partitions", "sdk-default-configuration", "_retry"):
        descriptions.load_data(name)
    for service in CALLED:
        for kind in ("service-2", "endpoint-rule-set-1", "paginators-1"):
            descriptions.load_service_model(service, kind)
    gc.collect()
    gc.freeze()  # a collection in a fork would copy every page
    gc.enable()


class _Server:
    """Forks for each connection. Bytes that come from it are signals, its end is the fork's, and the fork's its own."""

    def __init__(self, listener: socket.socket, owner: int) -> None:
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._selector.register(os.pidfd_open(owner), selectors.EVENT_READ, sys.exit)
        self._forks: dict[socket.socket, int] = {}

    def serve(self) -> None:
        try:
            while True:
                for key, _ in self._selector.select():
                    if self._selector.get_map().get(key.fd) == key:  # what came before it may have ended it
                        key.data()
        finally:
            for fork in self._forks.values():
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(fork, signal.SIGKILL)

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        request, descriptors = _request(connection)
        if request is None:
            connection.close()
            _close(descriptors)
            return
        signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)  # they are the program's, once it is one
        pid = os.fork()
        if pid == 0:
            try:
                self._selector.close()
                self._listener.close()
                connection.close()
                _become(request, descriptors)
            except BaseException:  # noqa: BLE001 - what the server does at its end is not a fork's to do
                traceback.print_exc()
            finally:
                os._exit(1)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
        _close(descriptors)
        fork = os.pidfd_open(pid)
        self._forks[connection] = fork
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._pass_on(connection, fork))
        self._selector.register(fork, selectors.EVENT_READ, lambda: self._end(connection, fork, pid))

    def _pass_on(self, connection: socket.socket, fork: int) -> None:
        signals = b""
        with suppress(OSError):
            signals = connection.recv(64)
        for number in signals or [signal.SIGKILL]:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(fork, number)
        if not signals:
            self._selector.unregister(connection)

    def _end(self, connection: socket.socket, fork: int, pid: int) -> None:
        _, status = os.waitpid(pid, 0)
        with suppress(OSError):  # whoever asked is gone
            connection.sendall(status.to_bytes(LENGTH, "big"))
        self._selector.unregister(fork)
        with suppress(KeyError):
            self._selector.unregister(connection)
        del self._forks[connection]
        connection.close()
        os.close(fork)


def _request(connection: socket.socket) -> tuple[Any, list[int]]:
    """Read what is asked for; nothing where whoever asked was killed before it had."""
    descriptors: list[int] = []
    try:
        head, descriptors, _, _ = socket.recv_fds(connection, LENGTH, len(_STANDARD))
        size, content = int.from_bytes(head, "big"), b""
        while len(content) < size and (more := connection.recv(size - len(content))):
            content += more
    except ConnectionError:
        return None, descriptors
    whole = len(head) == LENGTH and 0 < size == len(content)
    return marshal.loads(content) if whole else None, descriptors  # noqa: S302 - from client.py


def _close(descriptors: Sequence[int]) -> None:
    for each in descriptors:
        os.close(each)


def _become(request: Any, descriptors: Sequence[int]) -> None:  # noqa: ANN401 - what marshal reads
    """Turn this fork into what a new Python with these arguments would be, and end with it."""
    python, arguments, folder, environment, uninterrupted = request
    for wanted, given in zip(_STANDARD, descriptors, strict=True):
        os.dup2(given, wanted)
        os.close(given)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN if uninterrupted else signal.default_int_handler)
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))
    sys.stdout = sys.__stdout__ = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)))
    sys.stderr = sys.__stderr__ = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "w", closefd=False)), errors="backslashreplace", write_through=True
    )
    code = 1
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
        code = _run(python, arguments)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:  # noqa: BLE001 - as Python itself does at its end
        traceback.print_exc()
    finally:
        getattr(threading, "_shutdown")()  # noqa: B009 - as Python does, by a name that is nobody else's business
        getattr(atexit, "_run_exitfuncs")()  # noqa: B009 - likewise
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(python: str, arguments: list[str]) -> int:
    kind = arguments[0] if arguments[0] in ("-m", "-c") else ""
    target, *rest = arguments[1:] if kind else arguments
    first = Path.cwd() if kind else Path(target).resolve().parent
    named = [str(Path(each).absolute()) for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    sys.executable = python
    sys.path[:] = [str(first), *named, *sys.path]
    sys.argv = ["-c" if kind == "-c" else target, *rest]
    importlib.invalidate_caches()
    _forget_others()
    sys.modules.pop(f"{target}.__main__", None)
    try:
        if kind == "-c":
            sys.modules["__main__"] = ModuleType("__main__")
            exec(target, vars(sys.modules["__main__"]))  # noqa: S102 - as Python does
        elif kind == "-m":
            runpy.run_module(target, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(target, run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")
        return 1
    return 0


def _forget_others() -> None:
    """Keep of the project's modules only those that this program would load itself."""
    others = {"tools"} if _is_loaded(SANDBOX) else {"tools", SANDBOX}
    if not all(_is_loaded(root) for root in PROGRAMS):
        others.update(PROGRAMS)
    for name in list(sys.modules):
        if name.partition(".")[0] in others:
            del sys.modules[name]


def _is_loaded(root: str) -> bool:
    """Say whether a package is the one that is loaded, or a copy that nobody has changed."""
    found = PathFinder.find_spec(root)
    if found is None or found.origin is None:
        return False
    here, loaded = Path(found.origin).parent, Path(sys.modules[root].__file__ or "").parent
    return here == loaded or all(_looks_like(here / file, mark) for file, mark in MARKS[root].items())


def _mark(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns


def _looks_like(file: Path, mark: tuple[int, int]) -> bool:
    try:
        return _mark(file) == mark
    except OSError:
        return False


if __name__ == "__main__":
    main()
