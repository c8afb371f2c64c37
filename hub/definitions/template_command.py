"""A template that a command writes: what `product.yaml` says of it, and the file that it is kept in."""

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from shared.validation import Document

FileName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="the name of a file in the product's folder",
        examples=["1.0.0.yaml"],
    ),
]


class TemplateCommand(Document):
    """A command that writes a version's template to its standard output.

    It runs in the product's folder, without a shell, by `models lock` and `models check` alone. What it wrote is kept
    in a file, which is what everything else reads (docs/adr/0034).

    Attributes:
        command: The program and its arguments.
        file: Where its output is kept; `<version>.yaml` unless it is said.
    """

    command: list[Annotated[str, Field(min_length=1)]] = Field(
        min_length=1, description="a list of a program and its arguments", examples=["[python3, template.py]"]
    )
    file: FileName | None = None


def _kind(given: object) -> str:
    return "a command" if isinstance(given, dict | TemplateCommand) else "a file"


TemplateSource = Annotated[
    Annotated[FileName, Tag("a file")] | Annotated[TemplateCommand, Tag("a command")], Discriminator(_kind)
]
"""Without the tags a mistake in one of the two would be told of the other as well."""
