"""What a template makes in which account, told by the account's id: a stack set has one template for all of them."""

from collections.abc import Sequence
from typing import Any, Final

_OPERANDS: Final = 10
"""Of one Fn::Or (source: CloudFormation User Guide, "Condition functions")."""
Condition = dict[str, Any]


def in_one_of(accounts: Sequence[str]) -> Condition:
    """Hold in any of these accounts, of which there is one at least."""
    found: list[Condition] = [{"Fn::Equals": [{"Ref": "AWS::AccountId"}, each]} for each in accounts]
    while len(found) > 1:
        parts = [found[start : start + _OPERANDS] for start in range(0, len(found), _OPERANDS)]
        found = [{"Fn::Or": part} if len(part) > 1 else part[0] for part in parts]
    return found[0]


def in_none_of(accounts: Sequence[str]) -> Condition:
    """Hold in every account but these, of which there is one at least."""
    return {"Fn::Not": [in_one_of(accounts)]}
