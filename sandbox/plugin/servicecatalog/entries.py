"""Portfolio, Constraint, TagOption and ServiceAction."""

from typing import Any

from sandbox.plugin.failure import doing, tolerating
from sandbox.plugin.properties import as_list, as_map, pick, same_json
from sandbox.plugin.schema import (
    REGION,
    TAGS,
    Operation,
    each,
    json_text,
    length,
    one_of,
    optional,
    outputs,
    required,
    settled,
)
from sandbox.plugin.waits import passing, retry
from sandbox.plugin.wire import State, Value

from .calls import ACCEPT_LANGUAGE, NOT_FOUND, READ_LIMIT, Thing, call, ready

_NAMES = {"name": "Name", "version": "Version", "assumeRole": "AssumeRole", "parameters": "Parameters"}


class Portfolio(Thing, of="servicecatalog"):
    """A portfolio."""

    properties = {
        "name": settled(check=length(1, 100)),
        "providerName": required(check=length(1, 50)),
        "description": settled(check=length(0, 2000)),
        **TAGS,
        **REGION,
        **outputs("arn", "createdTime"),
    }
    autonamed = ("name", 255)
    title, noun, id_at, named = "Service Catalog Portfolio", "portfolio", "PortfolioDetail.Id", True

    def wished(self, op: Operation) -> State:
        return {"AcceptLanguage": "en", "DisplayName": op.new["name"]}

    def names(self, op: Operation) -> State:
        return {"Id": op.id, "AcceptLanguage": "en"}

    def read(self, op: Operation) -> State:
        with doing(f"reading {self.title} ({op.id})", gone=[NOT_FOUND]):
            answer = call(op, "describe_portfolio", **self.names(op))
        known = pick(answer["PortfolioDetail"], "arn", "createdTime", "description", "providerName", name="DisplayName")
        return {**known, "tagsAll": as_map(answer.get("Tags", []))}

    def changes(self, op: Operation) -> State:
        wished = op.amended(DisplayName="name", ProviderName="providerName", Description="description")
        if "tagsAll" in op.changed:
            wished["AddTags"] = as_list(op.new["tagsAll"])
            wished["RemoveTags"] = list(op.old.get("tagsAll", {}))
        return wished

    def delete(self, op: Operation) -> None:
        with doing(f"deleting {self.title} ({op.id})"), tolerating(NOT_FOUND):
            self.remove(op, self.names(op))


class Constraint(Thing, of="servicecatalog"):
    """A rule for a product in a portfolio."""

    properties = {
        **each(required(replaces=True), "portfolioId", "productId"),
        "type": required(
            replaces=True, check=one_of("LAUNCH", "NOTIFICATION", "RESOURCE_UPDATE", "STACKSET", "TEMPLATE")
        ),
        "parameters": required(check=json_text, same=same_json),
        "description": settled(),
        **ACCEPT_LANGUAGE,
        **REGION,
        **outputs("owner", "status"),
    }
    title, noun, id_at = "Service Catalog Constraint", "constraint", "ConstraintDetail.ConstraintId"
    until_found = True

    def read(self, op: Operation) -> State:
        language, written = op.new.get("acceptLanguage", "en"), op.new.get("parameters")

        def look() -> tuple[str, dict[str, Any]]:
            with doing(f"constraint not found (accept language {language}, ID: {op.id})", gone=[NOT_FOUND]):
                answer = call(op, "describe_constraint", Id=op.id, AcceptLanguage=language)
            return answer["Status"], answer

        with doing(f"describing {self.title} ({op.id})"):
            answer = ready(op, READ_LIMIT, look, target=("AVAILABLE",))
        found = pick(answer, "status", parameters="ConstraintParameters")
        found |= pick(answer["ConstraintDetail"], "description", "owner", "portfolioId", "productId", "type")
        if written and same_json(written, found["parameters"]):
            found["parameters"] = written
        return {**found, "acceptLanguage": language}

    def changes(self, op: Operation) -> State:
        return op.amended(AcceptLanguage="acceptLanguage", Description="description", Parameters="parameters")


class TagOption(Thing, of="servicecatalog"):
    """A key and a value that a tag may have."""

    properties = {
        "key": required(replaces=True),
        "value": required(),
        "active": optional(kind=bool, default=True),
        **REGION,
        **outputs("owner"),
    }
    title, noun, id_at = "Service Catalog Tag Option", "tag_option", "TagOptionDetail.Id"

    def create(self, op: Operation) -> None:
        super().create(op)
        if not op.new["active"]:
            with doing(f"creating {self.title}, updating active ({op.id})"):
                call(op, "update_tag_option", Id=op.id, Active=False)

    def read(self, op: Operation) -> State:
        with doing(f"describing {self.title} ({op.id})", gone=[NOT_FOUND]):
            found = call(op, "describe_tag_option", Id=op.id)["TagOptionDetail"]
        return pick(found, "active", "key", "owner", "value")

    def changes(self, op: Operation) -> State:
        return op.amended(Active="active", Value="value")


def _same_parameters(old: Value, new: Value) -> bool:
    """An empty list is as good as none."""
    return same_json(old or "[]", new or "[]")


class ServiceAction(Thing, of="servicecatalog"):
    """A document that may be run on a launch."""

    properties = {
        **each(settled(), "name", "description"),
        "definition": required(
            kind=dict,
            fields={
                **each(required(), "name", "version"),
                "assumeRole": optional(),
                "parameters": optional(same=_same_parameters),
                "type": optional(default="SSM_AUTOMATION", replaces=True, check=one_of("SSM_AUTOMATION")),
            },
        ),
        **ACCEPT_LANGUAGE,
        **REGION,
    }
    autonamed = ("name", 255)
    title, noun = "Service Catalog Service Action", "service_action"
    id_at = "ServiceActionDetail.ServiceActionSummary.Id"

    def wished(self, op: Operation) -> State:
        return {**_definition(op), "DefinitionType": op.new["definition"]["type"]}

    def read(self, op: Operation) -> State:
        with doing(f"describing {self.title} ({op.id})", gone=[NOT_FOUND]):
            found = call(op, "describe_service_action", Id=op.id)["ServiceActionDetail"]
        summary, definition = found["ServiceActionSummary"], found["Definition"]
        kept = {key: definition[name] for key, name in _NAMES.items() if name in definition}
        return {**pick(summary, "name", "description"), "definition": {**kept, "type": summary["DefinitionType"]}}

    def changes(self, op: Operation) -> State:
        wished = op.amended(Name="name", Description="description", AcceptLanguage="acceptLanguage")
        return wished | _definition(op) if "definition" in op.changed else wished

    def remove(self, op: Operation, names: State) -> None:
        used = passing("ResourceInUseException")
        retry(op.clock, op.limit(self.limit), lambda: call(op, "delete_service_action", **names), on=used)


def _definition(op: Operation) -> State:
    given = op.new["definition"]
    return {"Definition": {name: given[key] for key, name in _NAMES.items() if given.get(key)}}
