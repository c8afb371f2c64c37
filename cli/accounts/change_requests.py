"""Takes what the pages ask for: each file of a folder becomes the change of the settings that it describes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from cli.accounts.ask_access import access_change
from cli.accounts.launch_entry import launch_entry, named
from cli.exit_codes import ExitCode
from hub.definitions.yaml_file import read_document
from pages.index.model import Index
from pages.launching.block import Wanted
from pages.launching.offer import offer
from pages.web.proposing import FOLDER
from shared.between_fields import between_fields
from shared.catalog.versions import VersionOrRange
from shared.collecting import Mistakes
from shared.errors import ConfigError, Mistake
from shared.files import write_file, write_files
from shared.stack.stack_file import settings_of
from shared.validation import Document, Key, Region
from spoke.config import LaunchTags, SpokeSettings
from spoke.parameter_sources import LaunchName
from spoke.parameter_values import parameter_text

_ENDINGS: Final = (".yaml", ".yml")


class RequestedLaunch(Document):
    """A launch that somebody filled in, with values in plain text alone: a request lies in git for everybody to read.

    Attributes:
        name: The launch's name.
        product: The product's key.
        version: A version or a range.
        portfolio: Through which, where several reach the account.
        region: Where; without it, the spoke's own region.
        parameters: What is not the template's default.
        tags: Of the launch.
    """

    name: LaunchName
    product: Key
    version: VersionOrRange
    portfolio: Key | None = None
    region: Region | None = None
    parameters: dict[str, Annotated[str, BeforeValidator(parameter_text), Field(description="a text or a number")]] = {}
    tags: LaunchTags = {}


class RequestedAccess(Document):
    """A portfolio that an account does not have.

    Attributes:
        portfolio: Its key.
        principal: Who would launch from it in the account, by ARN; without, nobody else than now.
        outside: Whether the account is of another organization.
    """

    portfolio: Key
    principal: str | None = None
    outside: bool = False


class ChangeRequest(Document):
    """What somebody asks for, one thing in a file.

    Attributes:
        spoke: The account's name, without `spoke-`.
        launch: A launch for it.
        access: A portfolio for it.
    """

    spoke: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_.-]{1,90}$",
            description="the name of a spoke, letters, digits, dots, hyphens and underscores",
            examples=["research"],
        ),
    ]
    launch: RequestedLaunch | None = None
    access: RequestedAccess | None = None

    @between_fields
    def _asks_for_one_thing(self) -> Iterator[Mistake]:
        if (self.launch is None) == (self.access is None):
            yield Mistake("asks for both or for nothing. Give launch or access.", code="request-not-of-one-thing")


def take_requests(folder: Path, index: Index) -> int:
    """Write each change that is asked for, and remove its file; one that is refused stays, and changes nothing.

    Args:
        folder: Where the requests are.
        index: What the catalog offers.

    Raises:
        CatalogError: names all that is refused; the folder, too, where it is another than the pages' and is not there.
    """
    if folder != Path(FOLDER) and not folder.is_dir():  # the pages' own comes with the first request
        raise ConfigError(
            "is no folder, so nobody can say what is asked for there. Correct its name.",
            code="requests-folder-missing",
            place=str(folder),
        )
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    files, mistakes = [path for path in found if path.suffix in _ENDINGS], Mistakes()
    for path in found:
        if path not in files and not path.name.startswith("."):
            print(f"{path}: is no request, whose names end with {' or '.join(_ENDINGS)}; it stays")
    if not files:
        print(f"{folder}: nothing is asked for")
    for file in files:
        with mistakes:
            for line in _take(file, index):
                print(f"{file}: {line}")
            file.unlink()
    mistakes.refuse()
    return ExitCode.DONE


def _take(file: Path, index: Index) -> Iterator[str]:
    asked = read_document(ChangeRequest, file)
    stack = f"spoke-{asked.spoke}"
    if asked.launch:
        yield from _take_launch(file, stack, asked.launch, index)
    if asked.access:
        kind = "ACCOUNT" if asked.access.outside else "ORGANIZATION_MEMBER_ACCOUNT"
        access, principal = asked.access, asked.access.principal or ""
        change = access_change(stack, index.portfolios, access.portfolio, kind=kind, principal=principal)
        write_files(change.files)
        yield f"asks for {access.portfolio} in {', '.join(path.name for path in change.files)}"
        yield from change.said


def _take_launch(file: Path, stack: str, asked: RequestedLaunch, index: Index) -> Iterator[str]:
    settings, place = settings_of(SpokeSettings, stack), f"{file}: launch.name"
    wanted = Wanted(
        product=asked.product,
        name=named(asked.name, asked.product, settings.name_prefix or "", place=place),
        version=asked.version,
        portfolio=asked.portfolio or "",
        region=asked.region or "",
        parameters=asked.parameters,
        tags=asked.tags,
    )
    entry = launch_entry(stack, settings, offer(index), wanted, where=str(file), name_place=place)
    path = Path(f"Pulumi.{stack}.yaml")
    write_file(path, entry.text)
    yield f"wrote {entry.resolved.launch.name} into {path}"
    yield entry.price
    yield from (f"set before it is deployed: {command}" for command in entry.secrets)
