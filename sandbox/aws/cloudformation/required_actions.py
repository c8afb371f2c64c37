"""Which of the permissions that a handler names a call really takes (docs/adr/0021).

A handler names all that it might ever do, for every property that a resource can have. Taken here are, of the actions
of the type's own service:

- the one that does the step, such as CreateTopic, unless tags alone change, and the look at the same thing, such as
  DescribeTable;
- those tied to a property that is given, or in an update changed, by the words of their names: PutRetentionPolicy to
  RetentionInDays;
- that of tagging, where there are tags.

The rest is not checked, and `unchecked` names it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sandbox.aws.cloudformation.schemas import Schema, reads, undoes, words
from sandbox.aws.documents import part

_GENERIC = frozenset(words("AttributesConfigSettingResourceRequest") + words("Configuration"))
_TIED = {
    "dynamodb:UpdateContinuousBackups": "PointInTimeRecoverySpecification",
    "iam:AttachRolePolicy": "ManagedPolicyArns",
    "iam:DetachRolePolicy": "ManagedPolicyArns",
    "s3:PutEncryptionConfiguration": "BucketEncryption",
    "sns:Subscribe": "Subscription",
}
"""The property that makes an action necessary, where the names do not say it."""


@dataclass(frozen=True)
class Actions:
    """What a step on a resource takes, and what its handler names besides."""

    required: tuple[str, ...]
    unchecked: tuple[str, ...]


def actions_of(
    schema: Schema, step: str, given: Collection[str], gone: Collection[str] = (), *, tagged: bool = False
) -> Actions:
    """Sort the permissions of a handler.

    Args:
        schema: of the resource's type.
        step: create, update or delete.
        given: the properties that the step is about: for an update, those that change.
        gone: those that an update takes away.
        tagged: whether tags are put on the resource.
    """
    named = schema.actions(step)
    tagging: list[str] = part(schema.raw, "tagging").get("permissions") or []
    tags = next((each for each in tagging if each in named and not reads(each) and not undoes(each)), None)
    main = schema.main_action(step)
    noun = words(schema.noun)
    # Where tags alone change, a handler calls nothing but what changes them.
    tags_alone = step == "update" and {*given, *gone} <= {schema.tags}
    required: list[str] = []
    absent: set[str] = set()
    for action in named:
        service, _, name = action.partition(":")
        if service != schema.service or name.startswith(("List", "GET", "PassRole")):
            continue
        undoing = undoes(action) and step != "delete"
        tied = _tied(schema, action)
        if action in tagging and not reads(action):
            needed = tagged and action == tags and step != "delete" and not name.isupper()
        elif tied and action != main:
            needed = bool(set(tied) & set(gone if undoing else given)) and not reads(action)
        else:
            needed = (action == main and not tags_alone) or (
                name.startswith(("Describe", "Get")) and words(name)[1:] == noun
            )
        if needed:
            required.append(action)
        elif tied or action in tagging:
            absent.add(action)
    required.sort(key=lambda action: (action != main, action != tags))  # as a service asks for them
    return Actions(tuple(required), tuple(a for a in named if a not in required and a not in absent))


def _tied(schema: Schema, action: str) -> list[str]:
    """The properties that an action is about, by the words of its name that the type's name does not have."""
    if _TIED.get(action) in schema.properties:
        return [_TIED[action]]
    noun = set(words(schema.noun))
    left = [word for word in words(action.partition(":")[2])[1:] if word not in noun and word not in _GENERIC]
    if len(left) > 1:
        left = [word for word in left if word != "polici"]
    if not left:
        return []
    about = {
        name: {word for word in words(name) if word not in _GENERIC}
        for name in schema.properties
        if name not in schema.read_only
    }
    return [name for name, found in about.items() if found == set(left)] or [
        name for name, found in about.items() if found >= set(left)
    ]
