"""Names a launch that failed in the stack's outputs, from which it would be missing otherwise.

A program gives its outputs at its end, which the engine does not wait for once a step has failed; the outputs of the
run before stay as they are then. An error hook is called before that, and what is registered then is kept: the engine
takes the outputs that came last, and puts them over the older ones (source: pulumi 3.250, resource/deploy/
step_executor.go, executeRegisterResourceOutputs).

Of launches that fail at once only the first is certain to be named: once a step has failed the engine takes no outputs
any more, and does not say so, while it waits for the hooks that are under way (source: pulumi 3.250, deployment_
executor.go, and source_eval.go, RegisterResourceOutputs). So nobody waits for it without end.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import pulumi
from pulumi import ErrorHook, ErrorHookArgs
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_monitor, get_root_resource

from shared.secret_value import Secret, redacted

_FAILED: Final = re.compile(r"Provisioned Product \(([\w-]+)\) create: (.+)", re.DOTALL)
"""The provider's error once there is a provisioned product: its id, and AWS's reason (source: terraform-provider-aws,
provisioned_product.go, "waiting for Service Catalog Provisioned Product")."""

_PATIENCE: Final = 10.0
"""Seconds until the engine has taken outputs: it writes the state meanwhile, which may lie far away."""
_PATIENCE_AFTER_A_FAILURE: Final = 3.0

Launched = Mapping[str, Any]
"""The outputs of a launch, as plain data."""


class FailureReport:
    """Knows what has become of each launch so far."""

    def __init__(self, others: Mapping[str, Any]) -> None:
        """Take the stack's outputs beside `launches`, which are plain data."""
        self._others = others
        self._launches: dict[str, Launched] = {}
        self._told = False
        self._telling = asyncio.Lock()

    def expect(self, name: str, launched: Launched, secrets: Sequence[Secret] = ()) -> ErrorHook:
        """Take what is known of a launch before it runs, and give the hook that is called where its creation fails.

        Args:
            name: The launch's.
            launched: Its outputs.
            secrets: What AWS may repeat in its reason, and nobody shall read there.
        """
        self._launches[name] = {**launched, "provisioned_product": "", "status": "unknown", "outputs": {}}

        async def on_error(args: ErrorHookArgs) -> bool:
            if args.failed_operation == "create":
                self.fail(name, redacted("\n".join(args.errors[:1]), secrets))
                async with self._telling:
                    with suppress(Exception):  # whatever it is, the launch's own error is what has to be told
                        await asyncio.wait_for(_register(self.outputs), self._patience)
                    self._told = True
            return False

        return ErrorHook(f"{name}-on-error", on_error)

    def settle(self, name: str, launched: Launched) -> Launched:
        """Take the outputs of a launch that came to a good end, and give them back."""
        self._launches[name] = launched
        return launched

    def fail(self, name: str, reason: str) -> None:
        """Take note that a launch failed when it was launched."""
        found = _FAILED.search(reason)
        self._launches[name] = {
            **self._launches[name],
            "provisioned_product": found[1] if found else "",
            "status": "ERROR" if found else "not launched",
            "reason": " ".join((found[2] if found else reason).split()),
        }

    @property
    def _patience(self) -> float:
        return _PATIENCE_AFTER_A_FAILURE if self._told else _PATIENCE

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs, as far as they are known."""
        return {**self._others, "launches": self._launches}


async def _register(outputs: Mapping[str, Any]) -> None:
    """Register the stack's outputs, and wait until the engine has them."""
    stack = get_root_resource()
    monitor: Any = get_monitor()  # its stubs leave the type of the request open
    if not isinstance(stack, pulumi.Resource) or monitor is None:
        return
    given = await rpc.serialize_properties(outputs, {})
    urn = await stack.urn.future()
    request = resource_pb2.RegisterResourceOutputsRequest(urn=urn or "", outputs=given)
    await asyncio.get_running_loop().run_in_executor(None, monitor.RegisterResourceOutputs, request)
