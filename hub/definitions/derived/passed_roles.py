"""Which roles a template passes to which services."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, cast

from hub.definitions.derived.naming import Naming
from hub.definitions.derived.registry import ResourceType
from hub.definitions.template_values import as_text, function_of, map_in, parts_of

_ARN: Final = re.compile(r"arn:[^:]+:iam::[^:]*:role/(?P<name>.+)")
_SERVICE: Final = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")
_WHERE: Final = "arn:${{Partition}}:iam::${{AccountId}}:role/{name}"


class PassedRoles:
    """Finds the roles that resources are given.

    Attributes:
        remarks: Of roles that a launch chooses.
        services: Those that get the product's own role, or one that a launch chooses.
    """

    def __init__(self, naming: Naming, own: str) -> None:
        self._naming = naming
        self._own = own
        self.remarks: list[str] = []
        self.services: set[str] = set()

    def of_resource(
        self, kind: ResourceType, properties: Mapping[str, object]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """List the ARNs of roles that a resource is given, each with the services that it is passed to."""
        named = {action for handler in ("create", "update") for action in kind.permissions(handler)}
        if kind.service == "iam" and kind.noun != "InstanceProfile":
            return
        if kind.is_explicit and "iam:PassRole" not in named:
            return
        for node in _roles(kind, properties):
            services = self._services(node, kind)
            for text in self._naming.of(node):
                found = _ARN.fullmatch(text)
                name = found["name"] if found else text
                if not name.strip("*/"):
                    self._choosing(node, services)
                elif name == self._own:
                    self.services.update(services)
                elif not name.startswith("aws-service-role/") and ":" not in name:
                    yield (text if found and "::aws:" not in text else _WHERE.format(name=name)), services

    def _choosing(self, node: object, services: tuple[str, ...]) -> None:
        parameters = map_in(self._naming.body, "Parameters")
        named = [name for name in parameters if re.search(rf'"{name}"|\$\{{{name}\}}', as_text(node))]
        if named:
            self.services.update(services)
            self.remarks.append(
                f"the parameter {named[0]} takes a role. The launch role may pass {self._own}: have launches give that "
                f"one, or add iam:PassRole for another as a statement of your own."
            )

    def _services(self, node: object, kind: ResourceType) -> tuple[str, ...]:
        """Find the services that a role of the template trusts and that belong to the type, or name the type's own."""
        trusted = sorted(set(self._trusted(node)))
        own = [service for service in trusted if kind.service in service.split(".")[0]]
        if own:
            return tuple(own)
        label = {"iam": "ec2"}.get(kind.service, kind.service)
        return tuple(trusted) if trusted and kind.service != "iam" else (f"{label}.amazonaws.com",)

    def _trusted(self, node: object) -> Iterator[str]:
        function, argument = function_of(node)
        logical_id = str(parts_of(argument)[0]).partition(".")[0] if function in ("Ref", "Fn::GetAtt") else ""
        properties = map_in(map_in(self._naming.body["Resources"], logical_id), "Properties")
        for statement in parts_of(map_in(properties, "AssumeRolePolicyDocument").get("Statement")):
            services: object = map_in(statement, "Principal").get("Service")
            for text in self._naming.of(services) if services else []:
                plain = text.replace(".*", "")  # states.${AWS::Region}.amazonaws.com is the same service
                if _SERVICE.fullmatch(plain):
                    yield plain


def _roles(kind: ResourceType, node: object, path: tuple[str, ...] = ()) -> Iterator[object]:
    """Find what stands in properties that name a role; a key of the template's own, as in a map, names none."""
    function, argument = function_of(node)
    if isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _roles(kind, item, path)
    elif function == "Fn::If":
        for branch in parts_of(argument)[1:]:
            yield from _roles(kind, branch, path)
    elif path and "role" in path[-1].lower() and (isinstance(node, str) or _is_function(function)):
        if kind.rules_at(path):
            yield node
    elif isinstance(node, Mapping):
        for name, value in cast("Mapping[str, object]", node).items():
            yield from _roles(kind, value, (*path, name))


def _is_function(name: str) -> bool:
    return name.startswith("Fn::") or name == "Ref"
