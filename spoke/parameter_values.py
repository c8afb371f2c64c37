"""What a launch's parameter may be set to: a value, a secret, or the place that a value comes from."""

from typing import Annotated, Any, Final, cast

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag
from pydantic.alias_generators import to_camel

from shared.errors import Mistake
from shared.secret_value import Secret, SecretValue
from spoke.parameter_sources import SOURCES, AccountTag, LaunchOutput, Source, SsmParameter, StackOutput

Given = str | Secret | Source
"""The value of a parameter, or where it comes from."""

_LONGEST_VALUE: Final = 4096
"""Characters of a parameter's value (source: CloudFormation User Guide, "Quotas")."""
_VALUE: Final = "a text, a number, a truth value, a list of them, a secret, or a source"
_TEXT: Final = "text"
_HIDDEN: Final = "secret"


def parameter_text(value: Any) -> Any:  # noqa: ANN401 - whatever YAML made of a parameter's value
    """Write a parameter's value as CloudFormation takes it: text, and lists joined by commas."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        items: list[Any] = [parameter_text(item) for item in cast("list[Any]", value)]
        for index, item in enumerate(items):
            if isinstance(item, str) and "," in item:
                raise Mistake(
                    f"invalid value {item!r}, which CloudFormation reads as several: it divides a list at its commas. "
                    f"Write each as an item of its own.",
                    code="item-with-a-comma",
                    place=f"[{index}]",
                )
        if any(isinstance(item, Secret) for item in items):
            return Secret.joined([item if isinstance(item, Secret) else str(item) for item in items])
        return ",".join(str(item) for item in items)
    if isinstance(value, str | Secret):
        return value
    raise Mistake(
        f"invalid value {'nothing' if value is None else 'a map'}. Expected {_VALUE}, for example ml.m5.large, or one "
        f"of {{ssm: …}}, {{launch: …, output: …}}, {{stack: …, output: …}} and {{accountTag: …}}.",
        code="invalid-value",
    )


def _given(value: Any) -> Any:  # noqa: ANN401 - as above
    """Write a value as text, and leave alone what names the place that it comes from."""
    return value if _kind(value) in SOURCES else parameter_text(value)


def _kind(value: object) -> str:
    """Tell which of the things that a parameter's value may be it is; the key of a source stands for it."""
    if isinstance(value, Secret):
        return _HIDDEN
    if isinstance(value, dict):
        keys = {to_camel(key) for key in cast("dict[object, object]", value) if isinstance(key, str)}
        return next((key for key in SOURCES if key in keys), _TEXT)
    return next((key for key, source in SOURCES.items() if isinstance(value, source)), _TEXT)


def _tag(value: object) -> str:
    return f"a {_kind(value)}"  # which no key can be, so that none is taken for it in the place of a mistake


def told(value: Given) -> str | None:
    """Give a value as far as it is known: no secret that was not decrypted, and nothing that is still elsewhere."""
    return value.plain if isinstance(value, Secret) else value if isinstance(value, str) else None


def not_too_long(value: Given) -> Given:
    """Refuse what CloudFormation would, without telling a value that may be a secret."""
    plain = told(value)
    if plain is not None and len(plain) > _LONGEST_VALUE:
        raise Mistake(
            f"has {len(plain)} characters. CloudFormation takes {_LONGEST_VALUE} of a parameter's value. Shorten it.",
            code="parameter-too-long",
        )
    return value


ParameterValue = Annotated[
    Annotated[str, Tag(f"a {_TEXT}")]
    | Annotated[SecretValue, Tag(f"a {_HIDDEN}")]
    | Annotated[SsmParameter, Tag("a ssm")]
    | Annotated[LaunchOutput, Tag("a launch")]
    | Annotated[StackOutput, Tag("a stack")]
    | Annotated[AccountTag, Tag("a accountTag")],
    Discriminator(_tag),
    BeforeValidator(_given),
    AfterValidator(not_too_long),
    Field(
        description=_VALUE,
        examples=["ml.m5.large"],
    ),
]
Parameters = Annotated[
    # Whoever has to delete the only line below `parameters:` may leave that.
    dict[str, ParameterValue], BeforeValidator(lambda given: {} if given is None else given)
]
