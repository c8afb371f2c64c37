"""The boundary for roles of products, against the list of what they may do: one lets work what the other allows."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase

from shared.aws.actions import has_wildcards, meant_by
from shared.aws.allowed import ACTIONS, is_allowed
from tests.support.paths import ROOT

_MOST_CHARACTERS = 6144
"""Of a managed policy, white space not counted (source: IAM User Guide, "IAM and AWS STS quotas")."""
TEXT = (ROOT / "docs" / "iam" / "role-boundary.json").read_text()


def actions() -> Iterator[str]:
    for statement in json.loads(TEXT)["Statement"]:
        found = statement["Action"]
        yield from [found] if isinstance(found, str) else found


def test_what_the_list_allows_works_under_the_boundary() -> None:
    allowed = [each.lower() for each in actions()]

    assert [] == [name for name in ACTIONS if not any(fnmatchcase(name.lower(), each) for each in allowed)]


def test_its_wildcards_mean_nothing_beyond_the_list() -> None:
    meant = {
        each: [name for name in meant_by(each) if not is_allowed(name)] for each in actions() if has_wildcards(each)
    }

    assert len(meant) > 10
    assert {} == {each: beyond for each, beyond in meant.items() if beyond}


def test_it_fits_into_a_managed_policy() -> None:
    filled = TEXT.replace("${Partition}", "aws-us-gov")
    for account in ("${AccountId}", "${HubAccountId}"):
        filled = filled.replace(account, "0" * 12)

    assert len("".join(filled.split())) <= _MOST_CHARACTERS
