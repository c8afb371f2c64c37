"""The parameters of a stack as DescribeStacks shows them: the text that was given, and asterisks for NoEcho.

moto shows what it made of the text, such as Python's lists, and hidden values as they are.
"""

from typing import Any

from moto.cloudformation.models import Stack

from sandbox.aws.documents import Json


def _shown(stack: Stack) -> list[dict[str, str]]:
    slots: Json = stack.template_dict.get("Parameters") or {}
    given: Json = stack.resource_map.input_parameters
    values = {key: given.get(key, slot.get("Default", "")) for key, slot in slots.items()}
    return [
        {"ParameterKey": key, "ParameterValue": "****" if _is_hidden(slots[key]) else _text(value)}
        for key, value in values.items()
    ]


def _is_hidden(slot: Json) -> bool:
    return str(slot.get("NoEcho", "false")).lower() == "true"


def _text(value: Any) -> str:  # noqa: ANN401 - whatever a template has for a default
    return str(value).lower() if isinstance(value, bool) else str(value)


def install() -> None:
    """Put it in the place of moto's own."""
    setattr(Stack, "parameter_list", property(_shown))  # noqa: B010 - a property of another class
