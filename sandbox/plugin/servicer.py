"""Serves the provider protocol of the Pulumi engine (pulumi/provider.proto)."""

# ruff: noqa: N802 - the protocol names its methods

import threading
from collections.abc import Iterable
from importlib.metadata import version

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from . import diff
from .check import Naming, check, check_arguments
from .configuration import Provider, problems, refuse_account, region_of_environment, sign_in
from .failure import Failure, Gone
from .functions import FUNCTIONS
from .registry import RESOURCES
from .reporting import abort_initialization, list_of, reporting, tell
from .schema import Operation, Resource
from .waits import Clock
from .wire import DEFAULTS, State, decode, encode, is_known

_Context = grpc.ServicerContext
_Kind = provider_pb2.PropertyDiff.Kind


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """One provider instance."""

    def __init__(self, clock: Clock, engine: str = "") -> None:
        self._clock = clock
        self._engine = engine
        self._lock = threading.Lock()
        self._signed_in: tuple[State, Provider] | None = None
        self._provider: Provider | None = None

    def GetPluginInfo(self, request: empty_pb2.Empty, context: _Context) -> plugin_pb2.PluginInfo:
        del request, context
        return plugin_pb2.PluginInfo(version=version("pulumi_aws"))

    def Cancel(self, request: empty_pb2.Empty, context: _Context) -> empty_pb2.Empty:
        del request, context
        self._clock.cancel()
        return empty_pb2.Empty()

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: _Context) -> provider_pb2.CheckResponse:
        with reporting(context):
            if "region" not in request.news.fields:
                request.news.fields["region"].string_value = region_of_environment()
            inputs = decode(request.news)
            found = list(problems(inputs)) if is_known(inputs) else []
            if is_known(inputs) and not found and inputs.get("skipCredentialsValidation") not in (True, "true"):
                try:
                    self._sign_in(inputs)
                except Failure as error:
                    found = [f"unable to validate AWS credentials.\nDetails: {error}"]
            return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(found))

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: _Context) -> provider_pb2.DiffResponse:
        with reporting(context):
            olds, news = decode(request.old_inputs), decode(request.news)
            moved = sorted(key for key in olds.keys() | news.keys() if olds.get(key) != news.get(key))
            changes = provider_pb2.DiffResponse.DIFF_SOME if moved else provider_pb2.DiffResponse.DIFF_NONE
            return provider_pb2.DiffResponse(changes=changes, diffs=moved)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: _Context) -> provider_pb2.ConfigureResponse:
        with reporting(context):
            inputs = decode(request.args)
            provider = self._sign_in(inputs)
            refuse_account(inputs, provider)
            if not provider.account_id:
                tell(self._engine, "WARNING", "AWS provider ID not found for provider")
            self._provider = provider
            return provider_pb2.ConfigureResponse(
                acceptSecrets=False,  # the engine marks outputs that have the name of a secret input
                supportsPreview=True,
                supports_autonaming_configuration=True,
            )

    def Invoke(self, request: provider_pb2.InvokeRequest, context: _Context) -> provider_pb2.InvokeResponse:
        with reporting(context):
            function = FUNCTIONS.get(request.tok)
            if function is None:
                raise Failure(f"{request.tok} is not emulated by the sandbox's stand-in plug-in")
            given = decode(request.args)
            arguments, found = check_arguments(function.arguments, given, request.tok)
            if found:
                return provider_pb2.InvokeResponse(failures=_failures(found))
            answer = provider_pb2.InvokeResponse()
            if is_known(arguments):
                provider = self._configured()
                op = Operation(provider, arguments.get("region") or provider.region, new=arguments)
                region = {"region": op.region} if "region" in function.arguments else {}
                getattr(answer, "return").CopyFrom(encode({**arguments, **region, **function.run(op)}))
            return answer

    def Check(self, request: provider_pb2.CheckRequest, context: _Context) -> provider_pb2.CheckResponse:
        with reporting(context):
            naming = Naming(
                seed=request.randomSeed,
                proposed=request.autonaming.proposed_name,
                disabled=request.autonaming.mode == provider_pb2.CheckRequest.AutonamingOptions.DISABLE,
            )
            news, olds = decode(request.news), decode(request.olds)
            inputs, found = check(
                _resource(request.type), request.name, news, olds, naming=naming, tags=self._configured().tags
            )
            return provider_pb2.CheckResponse(inputs=encode(inputs), failures=_failures(found))

    def Diff(self, request: provider_pb2.DiffRequest, context: _Context) -> provider_pb2.DiffResponse:
        with reporting(context):
            resource = _resource(request.type)
            inputs = decode(request.news)
            op, found = self._update(resource, request.id, inputs, decode(request.olds), request.ignoreChanges)
            resource.foresee(op)
            replaces = sorted({str(path[0]) for path, _, replaces in found if replaces})
            answer = provider_pb2.DiffResponse(
                changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
                diffs=sorted({str(path[0]) for path, _, _ in found}),
                replaces=replaces,
                hasDetailedDiff=True,
            )
            for path, kind, replacing in found:
                answer.detailedDiff[diff.path_text(path)].kind = _Kind.Value(f"{kind}_REPLACE" if replacing else kind)
            named = resource.autonamed and resource.suffixed and resource.autonamed[0] not in inputs.get(DEFAULTS, ())
            answer.deleteBeforeReplace = bool(replaces and named)
            return answer

    def Create(self, request: provider_pb2.CreateRequest, context: _Context) -> provider_pb2.CreateResponse:
        with reporting(context):
            resource, provider = _resource(request.type), self._configured()
            new = diff.planned(resource, decode(request.properties), {}, provider.region)
            op = Operation(
                provider, new.get("region") or provider.region, new=new, timeout=request.timeout, creating=True
            )
            if request.preview:
                return provider_pb2.CreateResponse(properties=encode(new | diff.unknown_outputs(resource, op)))
            try:
                resource.create(op)
                state = _look(resource, op)
            except Failure as error:
                if not op.id:
                    raise Failure(list_of(error)) from error
                abort_initialization(context, op, f"creating {request.urn}", error)
            return provider_pb2.CreateResponse(id=op.id, properties=encode(state))

    def Read(self, request: provider_pb2.ReadRequest, context: _Context) -> provider_pb2.ReadResponse:
        with reporting(context):
            resource, op, inputs = *self._stored(request), decode(request.inputs)
            try:
                if not inputs:  # an import, which knows nothing but the id: defaults are not filled in
                    resource.locate(op)
                state = _look(resource, op)
            except Gone:
                return provider_pb2.ReadResponse()
            new_inputs = diff.refreshed_inputs(resource, state, inputs, op.provider.region)
            return provider_pb2.ReadResponse(id=op.id, properties=encode(state), inputs=encode(new_inputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: _Context) -> provider_pb2.UpdateResponse:
        with reporting(context):
            resource = _resource(request.type)
            news, olds = decode(request.news), decode(request.olds)
            op, _ = self._update(resource, request.id, news, olds, request.ignoreChanges)
            op.timeout = request.timeout
            if request.preview:
                return provider_pb2.UpdateResponse(properties=encode(op.new | diff.unknown_outputs(resource, op)))
            try:
                resource.update(op)
                state = _look(resource, op)
            except Failure as error:
                abort_initialization(context, op, f"updating {request.urn}", error)
            return provider_pb2.UpdateResponse(properties=encode(state))

    def Delete(self, request: provider_pb2.DeleteRequest, context: _Context) -> empty_pb2.Empty:
        with reporting(context):
            resource, op = self._stored(request)
            try:
                resource.delete(op)
            except Failure as error:
                raise Failure(f"deleting {request.urn}: {list_of(error)}") from error
            return empty_pb2.Empty()

    def _sign_in(self, inputs: State) -> Provider:
        """Sign in once for CheckConfig and Configure."""
        with self._lock:
            if self._signed_in is None or self._signed_in[0] != inputs:
                self._signed_in = (inputs, sign_in(inputs, self._clock, self._explain))
            return self._signed_in[1]

    def _explain(self, text: str) -> None:
        tell(self._engine, "DEBUG", text)

    def _configured(self) -> Provider:
        if self._provider is None:
            raise Failure("the provider is not configured")
        return self._provider

    def _stored(self, request: provider_pb2.ReadRequest | provider_pb2.DeleteRequest) -> tuple[Resource, Operation]:
        provider, stored = self._configured(), decode(request.properties)
        region = stored.get("region") or provider.region
        op = Operation(provider, region, id=request.id, new=stored, old=stored, timeout=request.timeout)
        return _resource(request.type), op

    def _update(
        self, resource: Resource, object_id: str, inputs: State, olds: State, ignore: Iterable[str]
    ) -> tuple[Operation, list[diff.Difference]]:
        provider, ignored = self._configured(), list(ignore)
        new = diff.planned(resource, inputs, olds, provider.region, ignored)
        found = diff.differences(resource, olds, new, ignored)
        changed = frozenset(str(path[0]) for path, _, _ in found)
        region = olds.get("region") or provider.region
        return Operation(provider, region, id=object_id, new=new, old=olds, changed=changed), found


def _resource(token: str) -> Resource:
    if token not in RESOURCES:
        raise Failure(f"{token} is not emulated by the sandbox's stand-in plug-in")
    return RESOURCES[token]


def _look(resource: Resource, op: Operation) -> State:
    """The state after an operation: what AWS answers, over what the program asked for."""
    state = op.seen(resource.read(op))
    return {**state, "region": op.region} if "region" in resource.properties else state


def _failures(reasons: Iterable[str]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(reason=reason) for reason in reasons]
