"""Reads CloudFormation templates: enough to refuse what is none, and to publish their parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal
from pydantic_core import ErrorDetails

from hub.definitions.packaging import PackagedText, identity, references_in
from hub.definitions.template_loops import unrolled
from hub.definitions.template_text import TextLoader
from hub.definitions.yaml_file import content_of, parsed
from shared.catalog.parameters import Parameter
from shared.catalog.rules import Rule
from shared.collecting import Mistakes, together
from shared.errors import ContentError

_WRONG: Final = {
    "missing": "is missing",
    "too_short": "is empty",
    "model_type": "is not a map",
    "dict_type": "is not a map",
    "list_type": "is not a list",
    "string_type": "is not text",
}
"""What pydantic finds wrong with a part of a template, in other words than its own."""


MOST: Final[Mapping[str, int]] = {"Parameters": 200, "Mappings": 200, "Resources": 500, "Outputs": 200}
"""Of a template (source: CloudFormation User Guide, "Quotas"; cfn-lint's are the same)."""


class _Parameter(Parameter):
    """A parameter as a template writes it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_pascal, extra="ignore")

    no_echo: Annotated[
        Literal["true"] | None, BeforeValidator(lambda text: "true" if str(text).lower() == "true" else None)
    ] = None


class _Resource(BaseModel):
    type: str = Field(alias="Type")


class _Body(BaseModel):
    format: Literal["2010-09-09"] = Field(default="2010-09-09", alias="AWSTemplateFormatVersion")
    parameters: dict[str, _Parameter] = Field(default={}, alias="Parameters")
    rules: dict[str, Rule] = Field(default={}, alias="Rules")
    resources: dict[str, _Resource] = Field(alias="Resources", min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template file.

    Attributes:
        path: Where it is.
        sha256: The hash of its bytes, and of the files that it names, in hexadecimal.
        parameters: What a launch can set, by name.
        rules: What the values of parameters have to keep to, by name.
        resources: What it builds, by logical name.
        outputs: What it tells, by name.
        body: All of it, with intrinsic functions in their long form, loops unrolled and every value as text.
        packaged: Its text, where it names files that go with it.
    """

    path: Path
    sha256: str
    parameters: dict[str, Parameter]
    rules: dict[str, Rule] = field(default_factory=dict[str, Rule])
    resources: dict[str, Any] = field(default_factory=dict[str, Any])
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    body: dict[str, Any] = field(default_factory=dict[str, Any])
    packaged: PackagedText | None = None


def read_template(path: Path) -> Template:
    """Read a template file.

    Raises:
        ContentError: the file is missing, or is not a CloudFormation template.
    """
    content = content_of(path)
    written: Any = parsed(path, content, TextLoader)
    body: Any = unrolled(written)
    try:
        template = _Body.model_validate(body)
    except ValidationError as problem:
        raise together(_wrong(path, each) for each in problem.errors(include_url=False)) from None
    _refuse_too_many(path, body)
    parameters = {
        name: Parameter.model_validate(found.model_dump(exclude_none=True, by_alias=False))
        for name, found in template.parameters.items()
    }
    references = references_in(path, content, written, path.parent)
    return Template(
        path=path,
        sha256=identity(content, references),
        parameters=parameters,
        rules=template.rules,
        resources=body["Resources"],
        outputs=body.get("Outputs") or {},
        body=body,
        packaged=PackagedText(content=content.decode(), body=body, references=references) if references else None,
    )


def _wrong(path: Path, found: ErrorDetails) -> ContentError:
    part = ".".join(str(part) for part in found["loc"]) or "the file"
    match found:
        case {"ctx": {"error": mistake}}:
            wrong = f"is wrong: {mistake}".rstrip(".")
        case {"ctx": {"expected": expected}}:
            wrong = f"is not {expected}"
        case _:
            wrong = _WRONG.get(found["type"], "has an invalid value")
    return ContentError(
        f"is not a CloudFormation template: {part} {wrong}. See the other templates of the catalog, and run "
        f"cfn-lint on it.",
        code="not-a-template",
        place=str(path),
    )


def _refuse_too_many(path: Path, body: Mapping[str, Any]) -> None:
    mistakes = Mistakes()
    for section, most in MOST.items():
        found: object = body.get(section)
        count = len(cast("dict[str, object]", found)) if isinstance(found, dict) else 0
        if count > most:
            mistakes.add(
                ContentError(
                    f"has {count} {section.lower()}, and CloudFormation takes {most} in a template. Divide it.",
                    code="template-too-large",
                    place=f"{path}: {section}",
                )
            )
    mistakes.refuse()
