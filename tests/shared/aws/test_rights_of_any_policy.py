"""Whatever the lint lets pass, the sandbox's own evaluator finds nothing in it that is not on the list."""

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.aws.iam.evaluation import like
from shared.aws.actions import meant_by
from shared.aws.allowed import ACTIONS, Holder, is_allowed
from shared.aws.rights import Excess, excesses
from tests.support import iam_actions

ROLE: Final = "arn:${Partition}:iam::${AccountId}:role/ModelCatalogExecution-scorer"
HOLDER: Final = Holder(passable="ModelCatalogExecution-scorer", services=("sagemaker.amazonaws.com",))
PASSED: Final = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
REAL: Final = sorted(
    f"{service}:{name}"
    for service, *names in (line.split() for line in iam_actions.text().splitlines())
    for name in names
)
"""The oracle's own list, read from where ours is made of."""


def found(**changed: object) -> list[Excess]:
    """Judge a statement."""
    return list(excesses({"Statement": [{"Effect": "Allow", "Resource": "*", **changed}]}, HOLDER))


def spoilt(action: str, changes: list[tuple[int, str]]) -> str:
    """Put wildcards, other cases and nothing in the place of letters."""
    letters = list(action)
    for place, what in changes:
        index = place % len(letters)
        letters[index] = {"upper": letters[index].upper()}.get(what, what)
    return "".join(letters) or "*"


PATTERNS: Final = st.builds(
    spoilt,
    st.sampled_from(REAL) | st.sampled_from([name.lower() for name in ACTIONS]),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["*", "?", "upper", "", ":"])), max_size=6),
)
RESOURCES: Final = st.sampled_from(
    ["*", ROLE, "arn:aws:s3:::models/*", "arn:aws:states:*:333344445555:stateMachine:SC-*", "arn:aws:iam::1:role/*"]
)
CONDITIONS: Final[st.SearchStrategy[Mapping[str, Any]]] = st.sampled_from(
    [
        {},
        PASSED,
        {"StringLike": {"kms:ViaService": "sagemaker.*.amazonaws.com"}},
        {"Null": {"iam:PassedToService": "false"}},
    ]
)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, RESOURCES, CONDITIONS)
def test_whatever_passes_allows_nothing_beyond_the_list(
    pattern: str, resource: str, condition: Mapping[str, Any]
) -> None:
    """The sandbox's own evaluator says what a pattern means, over the list that cfn-lint brings."""
    meant = [action for action in REAL if like(pattern.lower(), action)]
    if found(Action=pattern, Resource=resource, Condition=condition):
        return

    assert meant
    assert [] == [action for action in meant if not is_allowed(action)]
    if "iam:passrole" in meant:
        assert (ROLE, PASSED) == (resource, condition)


@settings(max_examples=200, deadline=None)
@given(PATTERNS)
def test_a_pattern_means_what_iam_makes_of_it(pattern: str) -> None:
    assert [action for action in REAL if like(pattern.lower(), action)] == sorted(meant_by(pattern))


def test_wildcards_without_end_are_judged_at_once() -> None:
    assert found(Action="*?" * 2000 + "!")
    assert found(Action="s3:" + "*a" * 2000)


def test_the_classes_that_are_allowed_as_a_whole_only_look() -> None:
    named = {action.lower() for action in ACTIONS}
    classes = [action for action in REAL if is_allowed(action) and action not in named]

    assert classes
    assert [] == [action for action in classes if not action.partition(":")[2].startswith(("describe", "list"))]
