"""The application: finds out who calls, keeps accounts apart, and sends each call to its service."""

import json
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from sandbox.aws import intake
from sandbox.aws import kms as keys
from sandbox.aws import s3 as buckets
from sandbox.aws.authorization import action_of, authorize, authorize_organizations
from sandbox.aws.backend import Identifiers, moto
from sandbox.aws.cloudformation import answers
from sandbox.aws.errors import ApiError, error_response
from sandbox.aws.faults import Dropped, Fault, Faults
from sandbox.aws.iam import simulation, web_identity
from sandbox.aws.iam.callers import Caller, Callers, authorize_assuming
from sandbox.aws.iam.principals import add_aws_managed_policies, find_role, made, used
from sandbox.aws.inputs import InputError
from sandbox.aws.intake import refuse_pages
from sandbox.aws.limits import TooLargeError, TooMuchError
from sandbox.aws.model_packages import ModelPackages
from sandbox.aws.model_registry import ModelRegistry
from sandbox.aws.organization import Organization
from sandbox.aws.retention import called_out
from sandbox.aws.service_quotas import ServiceQuotas
from sandbox.aws.servicecatalog.call import CatalogBackend
from sandbox.aws.servicecatalog.service import TARGET, ServiceCatalog
from sandbox.aws.servicecatalog.shares import remove_node_shares
from sandbox.aws.wire import Environ, Request, Response
from sandbox.clock import Clock

if TYPE_CHECKING:
    from sandbox.aws.cloudformation.stack_sets.service import StackSets

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Sandbox:
    """An AWS organization as one WSGI application.

    One lock keeps calls apart: each runs to its end before the next begins, after the clock's due events.
    """

    def __init__(self, organization: Organization, clock: Clock, identifiers: Identifiers, faults: Faults) -> None:
        self.clock = clock
        self.faults = faults
        self.callers = Callers(organization)
        self._backend = CatalogBackend(clock, identifiers, organization)
        self._service_catalog = ServiceCatalog(self._backend)
        self._model_packages = ModelPackages(organization.model_packages, organization.id)
        self._model_registry = ModelRegistry()
        self._service_quotas = ServiceQuotas()
        self._stack_sets: StackSets | None = None
        self._lock = threading.Lock()
        self._room = intake.Room()
        self._calls: dict[str, Counter[str]] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        response = self._take_in(Request(environ))
        headers = {"Content-Length": str(len(response.body)), **response.headers}
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", list(headers.items()))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body]

    def _take_in(self, request: Request) -> Response:
        """Answer a request whose body may be too large, or its sender a page; no other call waits for that."""
        size = intake.announced(request.environ, request.service)
        try:
            refuse_pages(request.environ)
            own = request.path.startswith("/_sandbox/")
            if not (request.access_key or own or web_identity.may_be(request)):
                raise ApiError("MissingAuthenticationToken", "Request is missing Authentication Token")  # noqa: TRY301 - one place answers all
            with self._room.of(min(size, intake.largest(request.service))):
                request.take_in(intake.read)
                return self._respond(request)
        except ApiError as refusal:
            error = refusal
        except TooLargeError as refusal:
            code = "EntityTooLarge" if request.service == "s3" else "RequestEntityTooLargeException"
            error = ApiError(code, f"The request is refused: {refusal}", 413)
        except TooMuchError as refusal:
            error = ApiError("ValidationException", f"The request is refused: {refusal}", 400)
        except intake.BusyError:
            error = ApiError("SlowDown", "Please reduce your request rate.", 503)
        except TimeoutError:
            return Response(408, b"")
        intake.drain(request.environ, size)
        return error_response(request, error)

    def _respond(self, request: Request) -> Response:
        try:
            with self._lock:
                self.clock.run_due()
                if request.path.startswith("/_sandbox/"):
                    return self._administer(request)
                caller = self._caller(request)
                self._calls.setdefault(caller.account, Counter())[action_of(request)] += 1
                hits = self.faults.hitting(action_of(request), caller.account) if self.faults.active else ()
            self.faults.wait(hits)  # without the lock: others are not to wait as well
            with self._lock:
                self.clock.run_due()
                return self._call_with_faults(request, caller, hits)
        except ApiError as error:
            return error_response(request, error)
        except (Dropped, TooMuchError):
            raise  # werkzeug closes the connection of the first
        except RecursionError:
            return error_response(request, ApiError("ValidationException", "The request is nested too deeply", 400))
        except Exception as error:  # noqa: BLE001 - the server outlives any one call
            if called_out(error):
                text = "The sandbox reaches nothing outside of itself, which this call would."
                return error_response(request, ApiError("ValidationException", text, 400))
            traceback.print_exc()
            return error_response(request, ApiError("InternalFailure", f"the sandbox failed: {error!r}", 500))

    def _caller(self, request: Request) -> Caller:
        if not request.access_key and request.operation == web_identity.OPERATION:
            return web_identity.caller_of(request, self.callers, self.clock)
        return self.callers.resolve(request)

    def _call_with_faults(self, request: Request, caller: Caller, hits: Sequence[Fault]) -> Response:
        self.faults.before(hits)
        try:
            return self._call(request, caller)
        finally:
            self.faults.after(hits)

    def _call(self, request: Request, caller: Caller) -> Response:
        if request.target.startswith(TARGET):
            return self._service_catalog.respond(request, caller)
        self._model_packages.make(request.service)
        authorize(request, caller)
        request.act_as(caller.account, caller.access_key)
        self._look_at(request, caller)
        match request.service:
            case "cloudformation":
                return self._cloudformation(request, caller)
            case "sagemaker":
                return self._model_registry.respond(request, caller, self._moto_call)
            case "servicequotas":
                return self._service_quotas.respond(request, caller)
            case "iam" if request.operation == simulation.OPERATION:
                return simulation.simulate(request)
            case _:
                response = self._moto_call(request)
        if request.operation == "DeregisterDelegatedAdministrator":
            remove_node_shares(self._backend, str(request.json.get("AccountId")))
        self._date(request, caller, response)
        if request.service == "organizations" and self._stack_sets:
            self._stack_sets.follow_accounts()
        return response

    def _look_at(self, request: Request, caller: Caller) -> None:
        """Refuse what is not for the caller, and prepare what moto needs."""
        match request.service:
            case "organizations":
                authorize_organizations(request, caller, self._backend.organization)
            case "sts":
                authorize_assuming(request, caller, self.callers, self.clock)
            case "s3":
                buckets.route(request, caller)
            case "kms":
                keys.route(request, caller)
            case "monitoring":
                from sandbox.aws import alarm_history  # noqa: PLC0415 - moto's CloudWatch is slow to load

                alarm_history.install()
            case "iam" if b"iam%3A%3Aaws%3Apolicy" in request.body:
                add_aws_managed_policies(caller.account)
            case _:
                pass

    def _date(self, request: Request, caller: Caller, response: Response) -> None:
        """Let a role and the answers about it bear virtual times, so that one can tell how old it is."""
        if request.service != "iam" or request.operation not in ("CreateRole", "GetRole"):
            return
        role = find_role(caller.account, request.form.get("RoleName", ""))
        if role and request.operation == "CreateRole" and response.status == HTTPStatus.OK:
            made(role, self.clock)
        response.headers["Date"] = format_datetime(self.clock.now(), usegmt=True)

    def _cloudformation(self, request: Request, caller: Caller) -> Response:
        """Stacks are built with the permissions of whoever asks for them."""
        # Not before it is needed: moto's CloudFormation takes over a second to load.
        from sandbox.aws.cloudformation.permissions import acting_as  # noqa: PLC0415
        from sandbox.aws.cloudformation.stack_sets.service import StackSets  # noqa: PLC0415
        from sandbox.aws.servicecatalog import stack_types  # noqa: PLC0415

        stack_types.install(self._backend)
        self._stack_sets = self._stack_sets or StackSets(self._backend)
        if self._stack_sets.knows(request.operation):
            return self._stack_sets.respond(request, caller)
        if caller.is_administrator:
            return self._moto_call(request)
        with acting_as(caller):
            return self._moto_call(request)

    def _moto_call(self, request: Request) -> Response:
        status, headers = "", list[tuple[str, str]]()

        def start(started: str, names: list[tuple[str, str]], _error: object = None) -> None:
            nonlocal status, headers
            status, headers = started, names

        body = b"".join(cast("Iterable[bytes]", moto(request.environ, start)))
        return Response(int(status.split(maxsplit=1)[0]), body, dict(headers))

    def _administer(self, request: Request) -> Response:
        """The sandbox's own endpoint: GET shows, POST changes."""
        topic = request.path.removeprefix("/_sandbox/")
        shown: dict[str, Callable[[], object]] = {
            "answers": lambda: answers.given.model_dump(exclude_defaults=True),
            "calls": lambda: self._calls,
            "clock": lambda: {"now": self.clock.now().isoformat(), "speed": self.clock.speed},
            "faults": lambda: [fault.model_dump(exclude_defaults=True) for fault in self.faults.active],
            "permissions": lambda: {principal: sorted(actions) for principal, actions in used.items()},
            "resources": _inventory,
        }
        changed: dict[str, Callable[[Any], object]] = {
            "answers": lambda given: answers.use(given, "the request"),
            "calls": lambda _: self._calls.clear(),
            "clock": lambda given: setattr(self.clock, "speed", float(given["speed"])),
            "faults": lambda given: self.faults.replace(given, "the request"),
        }
        if topic not in shown:
            raise ApiError("ResourceNotFoundException", f"there is no {topic}: try {', '.join(shown)}", 404)
        try:
            if request.method not in ("GET", "HEAD", "POST"):
                raise ApiError("MethodNotAllowed", f"{request.method} is no method here: GET shows, POST changes", 405)
            if request.method == "POST" and topic in changed:
                changed[topic](json.loads(request.body))
        except (ValueError, KeyError, TypeError, InputError) as error:
            hint = 'send {"speed": 100} to clock, a list of faults to faults, or answers to answers'
            raise ApiError("ValidationException", f"{hint}: {error}", 400) from error
        return Response(200, json.dumps(shown[topic]()).encode(), {"Content-Type": "application/json"})


def _inventory() -> object:
    from sandbox.aws.cloudformation.stacks import inventory  # noqa: PLC0415 - see _cloudformation

    return inventory()
