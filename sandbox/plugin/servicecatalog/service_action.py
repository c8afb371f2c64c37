"""ServiceAction."""

from sandbox.plugin.equivalence import same_json
from sandbox.plugin.failure import doing, tolerating
from sandbox.plugin.properties import pick
from sandbox.plugin.schema import REGION, Operation, Resource, one_of, optional, required, settled
from sandbox.plugin.waits import passing, retry, until_gone
from sandbox.plugin.wire import State, Value

from .calls import ACCEPT_LANGUAGE, NOT_FOUND, attempt, call, create, present

_LIMIT = 3 * 60
_NAMES = {"name": "Name", "version": "Version", "assumeRole": "AssumeRole", "parameters": "Parameters"}


def _same_parameters(old: Value, new: Value) -> bool:
    """An empty list is as good as none."""
    return same_json(old or "[]", new or "[]")


class ServiceAction(Resource):
    """A document that may be run on a launch."""

    pulumi_type = "aws:servicecatalog/serviceAction:ServiceAction"
    properties = {
        "name": settled(),
        "description": settled(),
        "definition": required(
            kind=dict,
            fields={
                "name": required(),
                "version": required(),
                "assumeRole": optional(),
                "parameters": optional(same=_same_parameters),
                "type": optional(default="SSM_AUTOMATION", replaces=True, check=one_of("SSM_AUTOMATION")),
            },
        ),
        **ACCEPT_LANGUAGE,
        **REGION,
    }
    autonamed = ("name", 255)

    def create(self, op: Operation) -> None:
        with doing("creating Service Catalog Service Action"):
            named = {**_definition(op), "DefinitionType": op.new["definition"]["type"]}
            answer = create(op, "create_service_action", _LIMIT, **named)
        op.id = answer["ServiceActionDetail"]["ServiceActionSummary"]["Id"]

    def read(self, op: Operation) -> State:
        with doing(f"describing Service Catalog Service Action ({op.id})", gone=[NOT_FOUND]):
            found = call(op, "describe_service_action", Id=op.id)["ServiceActionDetail"]
        summary, definition = found["ServiceActionSummary"], found["Definition"]
        kept = {key: definition[name] for key, name in _NAMES.items() if name in definition}
        return {**pick(summary, "name", "description"), "definition": {**kept, "type": summary["DefinitionType"]}}

    def update(self, op: Operation) -> None:
        wished = op.amended(Name="name", Description="description", AcceptLanguage="acceptLanguage")
        if "definition" in op.changed:
            wished |= _definition(op)
        with doing(f"updating Service Catalog Service Action ({op.id})"):
            attempt(op, "update_service_action", _LIMIT, Id=op.id, **wished)

    def delete(self, op: Operation) -> None:
        with doing(f"deleting Service Catalog Service Action ({op.id})"), tolerating(NOT_FOUND):
            retry(
                op.clock,
                op.limit(_LIMIT),
                lambda: call(op, "delete_service_action", Id=op.id),
                on=passing("ResourceInUseException"),
            )
        with doing(f"waiting for Service Catalog Service Action ({op.id}) to be deleted"):
            until_gone(op.clock, op.limit(_LIMIT), lambda: present(op, "describe_service_action", Id=op.id))


def _definition(op: Operation) -> State:
    given = op.new["definition"]
    return {"Definition": {name: given[key] for key, name in _NAMES.items() if given.get(key)}}
