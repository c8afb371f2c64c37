"""What the actions of a resource are about: itself, what it refers to, or another one of the template."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from hub.definitions.derived.naming import UNKNOWN, Naming
from hub.definitions.derived.registry import READS, ResourceType, arns_of, kinds_of
from hub.definitions.derived.rights import Reason

_MOST_KINDS: Final = 12
"""Kinds of resources that an action is about at once; one about more is about any one of them, as tagging is."""
_TAG: Final = {"Key", "Value"}
_ANY_OBJECT: Final = "arn:${Partition}:s3:::*/*"

Target = tuple[list[str], Reason, dict[str, Any]]
"""ARNs, why these, and a condition."""


@dataclass(frozen=True, slots=True)
class Targets:
    """A resource of a template.

    Attributes:
        naming: The names of its template.
        logical_id: What it is called there.
        kind: Its type.
        properties: What the template gives, functions included.
    """

    naming: Naming
    logical_id: str
    kind: ResourceType
    properties: Mapping[str, object]

    def of(self, action: str) -> Iterator[Target]:
        """Say what an action is about."""
        service, _, name = action.partition(":")
        kinds: Sequence[str] = kinds_of(action) or ()
        if not kinds:
            yield ["*"], Reason.NO_RESOURCE, self._through(service)
            return
        own = [each for each in self.kind.own_kinds if each.lower() in kinds] if service == self.kind.service else []
        if own:
            yield self._own(own)
        if own and (len(kinds) > _MOST_KINDS or "tag" in name.lower() or name.startswith(READS)):
            return
        if len(kinds) > _MOST_KINDS:  # whatever the service has; of that the template has some
            there = [kind for kind in kinds if self.naming.of_kind(service, kind)]
            if not there:
                yield _everything(service, kinds), Reason.NOT_OF_THE_TEMPLATE, {}
            kinds = there
        for kind in kinds:
            if kind not in own:
                arns, reason = self._other(service, kind)
                # What has a name of its own needs no others but those that the template speaks of.
                if arns and not (own and self.kind.is_named and reason is Reason.NOT_OF_THE_TEMPLATE):
                    yield arns, reason, self._through(service)

    def _own(self, kinds: list[str]) -> Target:
        arns = self.naming.arns_of(self.logical_id, kinds)
        if not self.kind.is_named:
            return arns, Reason.ID_OF_THE_SERVICE, {}
        is_open = UNKNOWN in self.naming.names_of(self.logical_id)
        return arns, Reason.NAME_OF_THE_LAUNCH if is_open else Reason.NAMED, {}

    def _other(self, service: str, kind: str) -> tuple[list[str], Reason]:
        if (service, kind) == ("s3", "object"):
            return self._objects()
        names = list(self._referred(service, kind))
        found = [arn for text in names for arn in ([text] if text.startswith("arn:") else arns_of(service, kind, text))]
        if found:
            return found, Reason.NAME_OF_THE_LAUNCH if UNKNOWN in names else Reason.NAMED
        mine = self.naming.of_kind(service, kind) if service == self.kind.service else []
        if mine:
            return mine, Reason.NAMED
        return arns_of(service, kind, UNKNOWN), Reason.NOT_OF_THE_TEMPLATE

    def _objects(self) -> tuple[list[str], Reason]:
        """Find objects by a bucket and a key that stand beside each other, or those of a bucket."""
        found = list[str]()
        for node in _inner(self.properties):
            given = {name.lower().removeprefix("s3"): value for name, value in node.items()}
            if "bucket" in given:
                keys = self.naming.of(given["key"]) if "key" in given else [UNKNOWN]
                found += [f"{bucket}/{key}" for bucket in self.naming.of(given["bucket"]) for key in keys]
        if self.kind.own_kinds == ("bucket",):
            found += [f"{name}/*" for name in self.naming.names_of(self.logical_id)]
        if not found:
            return [_ANY_OBJECT], Reason.NOT_OF_THE_TEMPLATE
        is_open = any(text.startswith(UNKNOWN) for text in found)
        arns = [f"arn:${{Partition}}:s3:::{text}" for text in found]
        return arns, Reason.NAME_OF_THE_LAUNCH if is_open else Reason.NAMED

    def _referred(self, service: str, kind: str) -> Iterator[str]:
        """Find the names in properties that are called after a kind of resource, such as EndpointConfigName."""
        other = "" if service == self.kind.service else service
        wanted = other + "".join(letter for letter in kind if letter.isalnum())
        called = {f"{wanted}{end}" for end in ("", "name", "arn", "id")} | {f"{service}{wanted}"}
        for node in _inner(self.properties):
            for name, value in node.items() if set(node) != _TAG else ():
                if name.lower().removesuffix("s") in called:
                    for text in self.naming.of(value):  # an alias is not what the ARN has
                        yield UNKNOWN if other and "/" in text and not text.startswith("arn:") else text

    def _through(self, service: str) -> dict[str, Any]:
        """Limit keys of KMS to being used through the resource's own service."""
        if service != "kms" or self.kind.service == "kms":
            return {}
        return {"StringLike": {"kms:ViaService": (f"{self.kind.service}.*.amazonaws.com",)}}


def _everything(service: str, kinds: Sequence[str]) -> list[str]:
    """Give the ARNs of all that a service has, as far as its kinds of resources have an account and a region."""
    found = {":".join(arn.split(":")[:5]) for kind in kinds for arn in arns_of(service, kind, UNKNOWN)}
    return sorted(f"{arn}:*" for arn in found)


def _inner(node: object) -> Iterator[Mapping[str, object]]:
    """List the maps within a node, itself too."""
    if isinstance(node, Mapping):
        yield cast("Mapping[str, object]", node)
        for value in cast("Mapping[str, object]", node).values():
            yield from _inner(value)
    elif isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _inner(item)
