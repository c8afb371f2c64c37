"""Derives the rights that the launches of a template take from the schemas of its resource types."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from hub.definitions.derived.account_values import objects_at, values_read
from hub.definitions.derived.expansion import expanded
from hub.definitions.derived.naming import UNKNOWN, Naming
from hub.definitions.derived.needed_actions import STEPS, is_certain, needed_actions, words_given
from hub.definitions.derived.passed_roles import PassedRoles
from hub.definitions.derived.registry import ResourceType, arns_of, resource_type
from hub.definitions.derived.rights import DerivedRights, Reason, Right
from hub.definitions.derived.targets import Targets
from hub.definitions.template_loops import macros_of
from hub.definitions.template_values import map_in
from hub.definitions.templates import Template, read_template

_STACK: Final = "AWS::CloudFormation::Stack"
_CUSTOM: Final = "AWS::CloudFormation::CustomResource"
_SERVICE_ROLE: Final = "arn:${{Partition}}:iam::${{AccountId}}:role/aws-service-role/{service}/*"
_BY_HAND: Final = "Add what it takes as statements of your own."


def derived_rights(template: Template, role: str, *, steps: Collection[str] = STEPS) -> DerivedRights:
    """Derive the rights of a template's launches, of all branches of its conditions.

    Args:
        template: The template; nested ones are looked for beside it.
        role: The name of the product's execution role, which every launch role may pass.
        steps: The handlers that count.

    Raises:
        ContentError: there are no schemas to derive them from, or a macro cannot work with the template.
    """
    found = _Derivation(role, steps)
    found.add(expanded(template.body, str(template.path)), template.path, ())
    return found.ended()


class _Derivation:
    """Gathers what a template takes, and those that are nested in it."""

    def __init__(self, role: str, steps: Collection[str]) -> None:
        self._role = role
        self._steps = steps
        self._rights: list[Right] = []
        self._left_out: set[str] = set()
        self._services: set[str] = set()
        self._remarks: list[str] = []

    def ended(self) -> DerivedRights:
        """Give all of it."""
        taken = {right.action for right in self._rights}
        return DerivedRights(
            rights=tuple(self._rights),
            services=frozenset(self._services),
            left_out=frozenset(self._left_out - taken),
            remarks=tuple(dict.fromkeys(self._remarks)),
        )

    def add(self, body: Mapping[str, Any], path: Path, above: tuple[Path, ...]) -> None:
        """Add what a template takes that is nested in those above it."""
        naming = Naming(body)
        passed = PassedRoles(naming, self._role)
        self._rights += [_reading(*read) for read in values_read(naming)]
        resources = {
            logical_id: cast("Mapping[str, Any]", each)
            for logical_id, each in body["Resources"].items()
            if isinstance(each, Mapping)
        }
        around = dict[str, frozenset[str]]()
        for each in resources.values():
            segment = _segment(each)
            around[segment] = around.get(segment, frozenset()) | words_given(each.get("Properties") or {})
        for logical_id, each in resources.items():
            of = f"{logical_id} ({each.get('Type')})"
            properties = cast("Mapping[str, object]", each.get("Properties") or {})
            kind = resource_type(str(each.get("Type")))
            if _is_custom(str(each.get("Type"))):
                self._rights += _answering(naming, properties, of)
            elif kind is None:
                self._remarks.append(f"{of}: no schema tells which rights this type takes. {_BY_HAND}")
            else:
                self._add_resource(Targets(naming, logical_id, kind, properties), around[_segment(each)], passed, of)
                if kind.kind == _STACK:
                    self._add_nested(naming, properties, path, (*above, path), of)
        self._services |= passed.services
        self._remarks += passed.remarks
        self._remarks += [
            f"the macro {name} makes resources that nobody knows before a launch. {_BY_HAND}"
            for name in macros_of(body)
            if not name.startswith("AWS::")
        ]

    def _add_resource(self, targets: Targets, around: frozenset[str], passed: PassedRoles, of: str) -> None:
        kind, properties = targets.kind, targets.properties
        needed = needed_actions(kind, properties, around, self._steps)
        self._left_out |= needed.left_out
        if not needed.needed and kind.service != "cloudformation":
            self._remarks.append(f"{of}: its schema names no permissions. {_BY_HAND}")
        for action, steps in needed.needed.items():
            if action == "iam:CreateServiceLinkedRole":
                self._rights.append(_linking(kind, properties, of))
            elif action != "iam:PassRole" and not (kind.kind == _STACK and action.startswith("cloudformation:")):
                self._rights += [
                    Right(
                        action=action,
                        resources=tuple(arns),
                        reason=reason,
                        of=of,
                        steps=steps,
                        condition=condition,
                        certain=is_certain(kind, action),
                    )
                    for arns, reason, condition in targets.of(action)
                ]
        if "create" in self._steps:
            self._rights += [
                Right(
                    action="iam:PassRole",
                    resources=(arn,),
                    reason=Reason.NAMED,
                    of=of,
                    steps=frozenset({"create", "update"}),
                    condition={"StringEquals": {"iam:PassedToService": to}},
                    certain=True,
                )
                for arn, to in passed.of_resource(kind, properties)
            ]

    def _add_nested(
        self, naming: Naming, properties: Mapping[str, object], path: Path, above: tuple[Path, ...], of: str
    ) -> None:
        """Add what a nested template takes that lies beside the one that names it."""
        url = properties.get("TemplateURL", UNKNOWN)
        self._rights += [_reading(*read) for read in objects_at(naming, url, of)]
        nested = next(filter(None, (nested_template(each, path) for each in naming.of(url))), None)
        if nested is None:
            self._remarks.append(f"{of}: its template is not beside this one. {_BY_HAND}")
        elif nested not in above:
            self.add(expanded(read_template(nested).body, str(nested)), nested, above)


def nested_template(url: str, path: Path) -> Path | None:
    """Find a nested template by its address: a file, or one of the address's last name beside the template."""
    last = re.split(r"[/*]", url.partition("?")[0])[-1]  # the name, as far as it is known
    beside = [path.parent / last] if last else []
    relative = [] if "://" in url else [path.parent / url]
    return next((each for each in (*relative, *beside) if each.is_file()), None)


def nested_beside(template: Template, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """List the templates that lie beside one which names them by where they are in S3, and theirs."""
    naming, above = Naming(template.body), (*above, template.path)
    for resource in template.resources.values():
        for url in naming.of(map_in(resource, "Properties").get("TemplateURL", "")):
            if "://" in url and (file := nested_template(url, template.path)) and file not in above:
                yield file
                yield from nested_beside(read_template(file), above)


def _segment(resource: Mapping[str, Any]) -> str:
    return "::".join(str(resource.get("Type")).split("::")[:2])


def _is_custom(kind: str) -> bool:
    return kind.startswith("Custom::") or kind == _CUSTOM


def _answering(naming: Naming, properties: Mapping[str, object], of: str) -> Iterator[Right]:
    """CloudFormation calls the function of a custom resource, or writes to its topic, with the launch role's rights."""
    for token in naming.of(properties.get("ServiceToken", UNKNOWN)):
        service = token.split(":")[2] if token.count(":") > 2 else "lambda"  # noqa: PLR2004 - an ARN's third part
        is_known = token.startswith("arn:")
        yield Right(
            action="sns:Publish" if service == "sns" else "lambda:InvokeFunction",
            resources=(token,) if is_known else tuple(arns_of("lambda", "function", UNKNOWN)),
            reason=Reason.NAMED if is_known else Reason.NAME_OF_THE_LAUNCH,
            of=of,
            certain=True,
        )


def _linking(kind: ResourceType, properties: Mapping[str, object], of: str) -> Right:
    """The role of a service that a first resource of it makes in an account (IAM User Guide, service-linked roles)."""
    namespace = properties.get("ServiceNamespace")
    service = f"{kind.service}.amazonaws.com"
    if isinstance(namespace, str):
        service = f"{namespace}.{service}"
    return Right(
        action="iam:CreateServiceLinkedRole",
        resources=(_SERVICE_ROLE.format(service=service),),
        reason=Reason.NAMED,
        of=of,
        steps=frozenset({"create"}),
        condition={"StringEquals": {"iam:AWSServiceName": (service,)}},
    )


def _reading(action: str, resource: str, place: str) -> Right:
    reason = Reason.NO_RESOURCE if resource == "*" else Reason.NAMED
    if resource.endswith(("parameter/*", "secret:*", ":::*/*")):
        reason = Reason.NAME_OF_THE_LAUNCH
    return Right(action=action, resources=(resource,), reason=reason, of=place, steps=frozenset({"create", "update"}))
