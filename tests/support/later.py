"""Loads the grammar of international addresses when one is looked at; jsonschema would, for a second, when loaded."""

import importlib
import sys
from types import ModuleType
from typing import Any, Final

_NAME: Final = "rfc3987_syntax"


def put_off() -> None:
    """Stand in for the grammar until it is asked."""
    if _NAME in sys.modules:
        return
    stand_in = ModuleType(_NAME)

    def is_valid_syntax(rule: str, text: str) -> bool:
        if sys.modules[_NAME] is stand_in:
            del sys.modules[_NAME]
        grammar: Any = importlib.import_module(_NAME)
        return grammar.is_valid_syntax(rule, text)

    vars(stand_in)["is_valid_syntax"] = is_valid_syntax
    sys.modules[_NAME] = stand_in
