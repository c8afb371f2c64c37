"""Starts one provider instance for the Pulumi engine: `python -m sandbox.plugin <engine address>`."""

import gc
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

gc.set_threshold(100_000)  # collecting while a thousand modules are read finds nothing

import grpc  # noqa: E402 - after the threshold is set
from pulumi.runtime.proto import provider_pb2_grpc  # noqa: E402

from .servicer import Plugin  # noqa: E402
from .waits import Clock  # noqa: E402

_THREADS = 256
"""The engine starts four operations per core and more with --parallel; waiting costs a thread nothing else."""
_MESSAGE_BYTES = 400 * 1024 * 1024
"""What the engine allows itself."""
_LOOK_FOR_ENGINE = 5
"""Seconds between two looks: an engine that was killed leaves no plug-in behind."""


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    os._exit(0)  # operations that still run have nobody to answer to


def main() -> None:
    """Serve until the engine ends the process, or is gone itself."""
    # The engine ends its plug-ins with an interrupt and waits 5 s for one that ignores it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")  # no search for a machine's role on the network
    options = [("grpc.max_receive_message_length", _MESSAGE_BYTES), ("grpc.max_send_message_length", _MESSAGE_BYTES)]
    server = grpc.server(ThreadPoolExecutor(_THREADS), options=options)
    plugin = Plugin(Clock(os.environ.get("AWS_ENDPOINT_URL", "")), engine=sys.argv[1])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(plugin, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    engine = os.getppid()
    while server.wait_for_termination(_LOOK_FOR_ENGINE) and os.getppid() == engine:
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
