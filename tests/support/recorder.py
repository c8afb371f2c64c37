"""Runs a Pulumi program without an engine, and keeps what it asked the engine for.

The SDK's own mocks see a resource's inputs only. The order of a deployment is in the request as well: what a
resource depends on, whether it is protected, which provider it uses. So the monitor is recorded, not the mocks
alone, and tests speak of plain values.
"""

import asyncio
import json
import runpy
from collections.abc import Awaitable, Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import pulumi
from google.protobuf import empty_pb2
from pulumi.output import Unknown
from pulumi.runtime import mocks as sdk
from pulumi.runtime import resource as registration
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2, source_pb2
from pulumi.runtime.settings import SETTINGS, set_root_resource
from pulumi.runtime.stack import run_in_stack, wait_for_rpcs

Made = Callable[[str, dict[str, Any]], dict[str, Any]]
"""What a resource has beside its inputs, from its logical name and its inputs."""

Answer = Callable[[dict[str, Any]], dict[str, Any]]
"""The result of a function, from its arguments."""

_STACK: Final = "pulumi:pulumi:Stack"
_RUNTIME: Final[Any] = SETTINGS
"""What the SDK keeps of the outputs and requests under way; its attributes are descriptors that no checker sees."""

# Where in the code a resource is declared is for the engine to show; to look for it takes a tenth of a test's time.
setattr(registration, "_get_stack_trace", source_pb2.StackTrace)  # noqa: B010 - private


class RefusedError(Exception):
    """Raised by an `Answer` to refuse a function call the way a provider does."""


def refusing(reason: str) -> Answer:
    """Answer a function call with a refusal."""

    def answer(_: dict[str, Any]) -> dict[str, Any]:
        raise RefusedError(reason)

    return answer


def the_program_in(folder: Path) -> Callable[[], None]:
    """Give the program that Pulumi runs in a project's folder."""

    def program() -> None:
        _ = runpy.run_path(str(folder), run_name="__main__")

    return program


class UnawaitedError(AssertionError):
    """A test ended before the outputs that it made had their values, so whatever it says of them was not checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource as the program declared it. Keys of `inputs` are those of Pulumi's schema."""

    urn: str
    type: str
    name: str
    parent: str
    inputs: dict[str, Any]
    dependencies: frozenset[str]
    protect: bool
    retain_on_delete: bool
    ignore_changes: list[str]
    replace_on_changes: list[str]
    timeouts: tuple[str, str, str]
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function call, for example of `aws:index/getCallerIdentity:getCallerIdentity`."""

    token: str
    arguments: dict[str, Any]
    provider: str


class Mocks(pulumi.runtime.Mocks):
    """A pretended engine and cloud, and the record of what a program did with them.

    Attributes:
        preview: As in `pulumi preview`: ids and other computed values are unknown.
        made: What AWS adds to the inputs of a resource, by type; an `id` among it is the resource's.
        answers: What AWS answers to function calls, by the last part of their token.
        stacks: The outputs of other stacks, by full name, for stack references.
        resources: What was registered, in order, without the stack itself.
        calls: The function calls, in order.
        completed: The URNs of the components that registered their outputs.
        exports: The outputs of the stack.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, *, preview: bool = False) -> None:
        self._loop = loop
        self.preview = preview
        self.made: dict[str, Made] = {}
        self.answers: dict[str, Answer] = {}
        self.stacks: dict[str, dict[str, Any]] = {}
        self.resources: list[Resource] = []
        self.calls: list[Call] = []
        self.completed: set[str] = set()
        self.exports: dict[str, Any] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Give a resource its id and outputs."""
        inputs = cast("dict[str, Any]", args.inputs)  # pyright: ignore[reportUnknownMemberType] - a bare dict in the SDK
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {**inputs, "outputs": self.stacks[inputs["name"]], "secretOutputNames": []}
        # A provider is configured in a preview too, so that functions can be called with it.
        if self.preview and not args.typ.startswith("pulumi:providers:"):
            return "", inputs
        added = self.made[args.typ](args.name, inputs) if args.typ in self.made else {}
        return added.pop("id", f"{args.name}-id"), {**inputs, **added}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Answer a function call."""
        arguments = cast("dict[str, Any]", args.args)  # pyright: ignore[reportUnknownMemberType] - a bare dict in the SDK
        if args.token == "pulumi:pulumi:readStackOutputs":  # the engine answers this one, and no provider
            found = self.stacks.get(arguments["name"])
            return ({}, [("name", "returned an error: unknown stack")]) if found is None else ({"outputs": found}, [])
        self.calls.append(Call(token=args.token, arguments=arguments, provider=args.provider))
        try:
            return self.answers[args.token.rpartition(":")[2]](arguments), []
        except RefusedError as refusal:
            return {}, [("", str(refusal))]

    def deploy(self, program: Callable[[], Awaitable[None] | None]) -> None:
        """Run a program as the engine's host does, to the end, with all its outputs.

        Raises:
            Exception: whatever ends the program, from the program itself or from inside an output.
        """

        async def whole() -> None:
            set_root_resource(None)  # pyright: ignore[reportArgumentType] - of this task alone; the program makes its own
            await run_in_stack(program)

        try:
            self._loop.run_until_complete(whole())
        finally:
            _abandon(self._loop)

    def all(self, kind: type[pulumi.Resource] | str) -> list[Resource]:
        """List the resources of a type, in the order of their registration."""
        return [resource for resource in self.resources if resource.type == _token(kind)]

    def one(self, kind: type[pulumi.Resource] | str, name: str = "") -> Resource:
        """Find the one resource of a type whose name begins like this."""
        found = [resource for resource in self.all(kind) if resource.name.startswith(name)]
        names = [resource.name for resource in found]
        assert 1 == len(found), f"expected one {_token(kind)} named {name}…, found {names}"
        return found[0]

    def before(self, resource: Resource) -> set[str]:
        """List the URNs of all that a resource waits for, directly or through others."""
        known = {other.urn: other for other in self.resources}
        waiting, found = [resource.urn], set[str]()
        while waiting:
            new = known[waiting.pop()].dependencies - found
            found |= new
            waiting.extend(new)
        return found

    def called(self, function: str) -> list[dict[str, Any]]:
        """List the arguments of the calls of a function, for example `getLaunchPaths`."""
        return [call.arguments for call in self.calls if call.token.endswith(f":{function}")]


class _Monitor(sdk.MockMonitor):
    """The SDK's pretended engine, which tells the mocks of every request in full."""

    def __init__(self, mocks: Mocks) -> None:
        super().__init__(mocks)
        self._recorder = mocks

    def RegisterResource(  # noqa: N802 - gRPC's own name
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        if request.type != _STACK:
            self._recorder.resources.append(
                Resource(
                    urn=self.make_urn(request.parent, request.type, request.name),
                    type=request.type,
                    name=request.name,
                    parent=request.parent,
                    inputs=rpc.deserialize_properties(request.object, keep_unknowns=True),
                    dependencies=frozenset(request.dependencies),
                    protect=request.protect,
                    retain_on_delete=request.retainOnDelete,
                    ignore_changes=list(request.ignoreChanges),
                    replace_on_changes=list(request.replaceOnChanges),
                    timeouts=(
                        request.customTimeouts.create,
                        request.customTimeouts.update,
                        request.customTimeouts.delete,
                    ),
                    provider=request.provider,
                )
            )
        return super().RegisterResource(request)  # pyright: ignore[reportUnknownMemberType] - untyped in the SDK

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:  # noqa: N802 - gRPC's own name
        self._recorder.completed.add(request.urn)
        if f"::{_STACK}::" in request.urn:
            self._recorder.exports = rpc.deserialize_properties(request.outputs, keep_unknowns=True)
        return super().RegisterResourceOutputs(request)  # pyright: ignore[reportUnknownMemberType] - untyped in the SDK


@contextmanager
def recording(project: str, stack: str, settings: Mapping[str, str], *, preview: bool = False) -> Generator[Mocks]:
    """Give fresh mocks, and Pulumi a state as in a fresh process, for the length of a `with` block.

    Args:
        project: The project of the pretended stack.
        stack: Its name.
        settings: Its settings with full keys, as the CLI hands them over: lists and maps as JSON.
        preview: Whether it is a preview.

    Raises:
        UnawaitedError: the block left outputs without their values.
    """
    with _event_loop() as loop:
        mocks = Mocks(loop, preview=preview)
        set_root_resource(None)  # pyright: ignore[reportArgumentType] - as in a fresh process
        pulumi.runtime.set_all_config(dict(settings))
        pulumi.runtime.set_mocks(
            mocks, project=project, stack=stack, preview=preview, organization="organization", monitor=_Monitor(mocks)
        )
        loop.run_until_complete(wait_for_rpcs())
        try:
            yield mocks
            if _RUNTIME.outputs:
                raise UnawaitedError(
                    f"{len(_RUNTIME.outputs)} outputs were left without their values. Decorate the test with "
                    f"@pulumi.runtime.test, or run the program with mocks.deploy()."
                )
        finally:
            _abandon(loop)
            pulumi.runtime.set_all_config({})
            set_root_resource(None)  # pyright: ignore[reportArgumentType] - as in a fresh process


def full_settings(project: str, values: Mapping[str, object]) -> dict[str, str]:
    """Write a project's settings as the CLI hands them over: with full keys, lists and maps as JSON."""
    written = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    region = written.pop("region", "eu-central-1")
    return {"aws:region": region, **{f"{project}:{key}": value for key, value in written.items()}}


@contextmanager
def _event_loop() -> Generator[asyncio.AbstractEventLoop]:
    """Give Pulumi a loop of its own, with one thread, so that every run records in the same order."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=1))
    # What failed is raised by `deploy`; asyncio would tell it once more.
    loop.set_exception_handler(lambda _loop, _context: None)
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        loop.close()
        asyncio.set_event_loop(None)


def _abandon(loop: asyncio.AbstractEventLoop) -> None:
    """Forget what is under way, so that one test's failure is not told in the next."""
    while tasks := asyncio.all_tasks(loop):
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.wait(tasks))
    _RUNTIME.rpc_manager.clear()
    _RUNTIME.outputs.clear()


def unknown(value: object) -> bool:
    """Say whether a value of an input or an export has no value yet."""
    return isinstance(value, Unknown)


def _token(kind: type[pulumi.Resource] | str) -> str:
    if isinstance(kind, str):
        return kind
    return str(kind.pulumi_type)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType] - set by a decorator
