"""Which of the permissions that a type's handlers name a launch takes, for the properties that a template gives.

A handler names all that it might ever do: 38 permissions make a bucket, whatever the bucket looks like. AWS would
refuse a launch that lacks one it uses, so what may be needed is given, and left out is what is about something that the
template does not have, by the words of the names:

- of the type's own service: writing what only a property is about that is not given (PutBucketReplication);
- of other services: all of a service where none of its actions, nor its own name, shares a word with what is given
  (the elasticfilesystem of a function that has no file system).

The handler `list` is none of a launch's.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple, cast

from hub.definitions.derived.registry import READS, ResourceType, kinds_of, words

STEPS: Final = ("create", "read", "update", "delete")
_GENERIC: Final = words("AttributesConfigSettingResourceRequestConfigurationPolicyPermission")
"""Words that tie an action to nothing."""
_EVERYWHERE: Final = words(
    "AccessArnCodeConfigDataDescribeFileFunctionGroupIdInterfaceKeyListNameObjectPolicyRoleSystemTagTypeVersion"
)
"""Words that properties and actions of different things have in common."""
_APART: Final = ("iam:PassRole", "iam:CreateServiceLinkedRole")


class NeededActions(NamedTuple):
    """Actions of a resource.

    Attributes:
        needed: Those that a launch may take, each with the handlers that name it.
        left_out: Those that are about something which the template does not have.
        unknown: Those that IAM does not know.
    """

    needed: Mapping[str, frozenset[str]]
    left_out: frozenset[str]
    unknown: frozenset[str]


def needed_actions(
    kind: ResourceType, properties: Mapping[str, object], around: Collection[str], steps: Collection[str] = STEPS
) -> NeededActions:
    """Sort the permissions that a type's handlers name.

    Args:
        kind: The type.
        properties: What the template gives, functions included.
        around: The words of all properties that the template gives resources of the same service.
        steps: The handlers that count.
    """
    given = frozenset(_keys(properties))
    named = dict[str, set[str]]()
    for step in steps:
        for action in kind.permissions(step):
            named.setdefault(action, set()).add(step)
    about = _services_about(named, frozenset(around))
    left_out, unknown = set[str](), set[str]()
    for action in named:
        service = action.partition(":")[0]
        if kinds_of(action) is None:
            unknown.add(action)
        elif (service != kind.service and service not in about and action not in _APART) or (
            service == kind.service and not _is_given(kind, action, given)
        ):
            left_out.add(action)
    left_out -= _only_writes(kind, named, left_out)
    gone = left_out | unknown
    return NeededActions(
        {action: frozenset(found) for action, found in named.items() if action not in gone},
        frozenset(left_out),
        frozenset(unknown),
    )


def _only_writes(kind: ResourceType, named: Mapping[str, set[str]], left_out: set[str]) -> set[str]:
    """Find what does a step where nothing else would: AssociateAddress associates, whatever is given."""
    found = set[str]()
    for step in ("create", "update", "delete"):
        writes = {
            action
            for action, steps in named.items()
            if step in steps and action.startswith(f"{kind.service}:") and action not in kind.tagging
            if not action.partition(":")[2].startswith(READS)
        }
        if writes <= left_out:
            found |= writes
    return found


def words_given(properties: Mapping[str, object]) -> frozenset[str]:
    """List the words of all properties that are given, inner ones too."""
    return frozenset(word for key in _keys(properties) for word in words(key))


def is_certain(kind: ResourceType, action: str) -> bool:
    """Whether an action makes, changes or deletes just what the type is, such as CreateModel for a model."""
    service, _, name = action.partition(":")
    if service != kind.service or name.startswith(READS):
        return False
    return words(name[_verb_length(name) :]) == words(kind.noun)


def _is_given(kind: ResourceType, action: str, given: frozenset[str]) -> bool:
    name = action.partition(":")[2]
    if name.startswith(READS) or action in kind.tagging:
        return True
    verb = words(name[: _verb_length(name)])
    said = words(name) - verb - words(kind.noun)
    left = said - _GENERIC
    about = {each: words(each) for each in kind.properties if each not in kind.read_only}
    if left:
        about = {each: found - _GENERIC for each, found in about.items()}
    elif len(said) > 1:  # PutResourcePolicy writes ResourcePolicyDocument: two general words are not general
        left = said
    else:
        return True
    exact = [each for each, found in about.items() if found == left]
    tied = exact or [each for each, found in about.items() if found >= left]
    return not tied or any(each in given for each in tied)


def _verb_length(name: str) -> int:
    return next((index for index, letter in enumerate(name) if index and letter.isupper()), len(name))


def _services_about(named: Collection[str], around: frozenset[str]) -> set[str]:
    found = set[str]()
    for action in named:
        service, _, name = action.partition(":")
        about = words(service) | (words(name[_verb_length(name) :]) - _EVERYWHERE)
        if about & around:
            found.add(service)
    return found


def _keys(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in cast("Mapping[str, object]", node).items():
            if not key.startswith("Fn::") and key not in ("Ref", "Condition"):
                yield key
            yield from _keys(value)
    elif isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _keys(item)
