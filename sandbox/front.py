"""The front door: finds out who calls, keeps accounts apart, and sends each call to its service."""

import json
import threading
import traceback
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, cast

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sandbox import assume, buckets, membership
from sandbox.authorization import authorize
from sandbox.callers import Caller, Callers
from sandbox.clock import Clock
from sandbox.identifiers import Identifiers
from sandbox.organization import Organization
from sandbox.principals import add_aws_managed_policies
from sandbox.refusals import Refused, refusal
from sandbox.servicecatalog.call import World
from sandbox.servicecatalog.launch_roles import Builder
from sandbox.servicecatalog.organizations_access import forget_delegate
from sandbox.servicecatalog.service import TARGET, ServiceCatalog
from sandbox.wire import Environ, Request, Response, TooLarge

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Sandbox:
    """An AWS organization as one WSGI application.

    One lock keeps calls apart: each runs to its end before the next begins, after the clock's due events.
    """

    def __init__(self, organization: Organization, clock: Clock, identifiers: Identifiers) -> None:
        self.organization = organization
        self.clock = clock
        self.callers = Callers(organization)
        self._world = World(clock, identifiers, organization)
        self._service_catalog = ServiceCatalog(self._world)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            response = self._respond(Request(environ))
        except TooLarge:
            response = Response(413, b"")
        headers = {"Content-Length": str(len(response.body)), **response.headers}
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", list(headers.items()))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body]

    def _respond(self, request: Request) -> Response:
        with self._lock:
            self.clock.run_due()
            try:
                if request.path.startswith("/_sandbox/"):
                    return self._administer(request)
                return self._call(request, self.callers.resolve(request))
            except Refused as refused:
                return refusal(request, refused)
            except Exception as error:  # noqa: BLE001 - the server outlives any one call
                traceback.print_exc()
                return refusal(request, Refused("InternalFailure", f"the sandbox failed: {error!r}", 500))

    def _call(self, request: Request, caller: Caller) -> Response:
        if request.target.startswith(TARGET):
            return self._service_catalog.respond(request, caller)
        authorize(request, caller)
        request.act_as(caller.account, caller.access_key)
        match request.service:
            case "organizations":
                membership.authorize(request, caller, self.organization)
            case "sts":
                assume.authorize(request, caller, self.callers)
            case "s3":
                buckets.route(request, caller)
            case "cloudformation":
                return self._cloudformation(request, caller)
            case "iam" if b"iam%3A%3Aaws%3Apolicy" in request.body:
                add_aws_managed_policies(caller.account)
            case _:
                pass
        response = self._moto_call(request)
        if request.operation == "DeregisterDelegatedAdministrator":
            forget_delegate(self._world, str(request.json.get("AccountId")))
        return response

    def _cloudformation(self, request: Request, caller: Caller) -> Response:
        """Stacks are built with the permissions of whoever asks for them."""
        # Not before it is needed: moto's CloudFormation takes over a second to load.
        from sandbox.cloudformation import permissions, stacks  # noqa: PLC0415

        stacks.install(self._world)
        if caller.is_administrator:
            return self._moto_call(request)
        with permissions.building_as(Builder(caller.account, caller.principal, caller.arn)):
            return self._moto_call(request)

    def _moto_call(self, request: Request) -> Response:
        status, headers = "", list[tuple[str, str]]()

        def start(started: str, names: list[tuple[str, str]], _error: object = None) -> None:
            nonlocal status, headers
            status, headers = started, names

        body = b"".join(cast("Iterable[bytes]", self._moto(request.environ, start)))
        return Response(int(status.split()[0]), body, dict(headers))

    def _administer(self, request: Request) -> Response:
        if request.path != "/_sandbox/clock":
            raise Refused("ResourceNotFoundException", f"there is no {request.path}; try /_sandbox/clock", 404)
        if request.method == "POST":
            try:
                self.clock.speed = float(json.loads(request.body)["speed"])
            except (ValueError, KeyError, TypeError) as error:
                raise Refused("ValidationException", f'send {{"speed": 100}}: {error}', 400) from error
        body = json.dumps({"now": self.clock.now().isoformat(), "speed": self.clock.speed})
        return Response(200, body.encode(), {"Content-Type": "application/json"})
