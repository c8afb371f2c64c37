"""Writes a repository of a team's own, which runs its stack by the package (docs/operations/teams.md)."""

from importlib.metadata import version
from pathlib import Path
from typing import Final

import yaml

from cli.accounts.new_spoke import NewSpoke, Surroundings, hub_region
from cli.exit_codes import ExitCode
from cli.stacks import engine
from cli.verbs import stacks
from fleet.plan.settings import FILE, read_settings
from fleet.store.locations import states_at
from fleet.store.storage import backend_url
from shared.aws.arn import partition_of
from shared.errors import CatalogError, ConfigError
from shared.files import write_files
from shared.stack.names import SPOKE_PROJECT
from shared.validation import validate

_FILES: Final = {
    "README.md": "README.md",
    "Makefile": "Makefile",
    "gitignore": ".gitignore",
    "requirements.txt": "requirements.txt",
    "github.yml": ".github/workflows/catalog.yml",
    "gitlab.yml": ".gitlab-ci.yml",
    "Pulumi.yaml": "spoke/Pulumi.yaml",
    "program.txt": "spoke/__main__.py",
}
"""What lies in `team_repository`, and its place in the repository."""
_TEMPLATES: Final = Path(__file__).with_name("team_repository")
_EXAMPLE: Final = "s3://example-pulumi-state"


def new_repository(folder: Path, name: str, account: str, region: str, *, beside: bool, package: str) -> int:
    """Write the files of a repository, all of them or none.

    Args:
        folder: Where; it is made, and has none of them yet.
        name: The spoke's.
        account: Its account.
        region: Where it works; without one, the hub's own region.
        beside: Another stack sets the account up; this one only launches.
        package: What pip installs; the version of this checkout unless given.

    Raises:
        ConfigError: a value is not fit, a stack of that name is there, or a file of the folder.
    """
    here = Path()
    given = {"name": name, "account": account, "region": region or hub_region(here)}
    spoke = validate(NewSpoke, given, where="spoke new-repository", error=ConfigError)
    stack, release = f"spoke-{spoke.name}", version("model-catalog")
    backend = _refuse_taken(stack)
    words = {
        "NAME": spoke.name,
        "STACK": stack,
        "ACCOUNT": spoke.account,
        "REGION": spoke.region,
        "PARTITION": partition_of(spoke.region),
        "BACKEND": backend if backend.startswith(("s3:", "gs:", "azblob:", "https:")) else _EXAMPLE,
        "VERSION": release,
        "PACKAGE": package or f"model-catalog[fleet]=={release}",
    }
    contents = {folder / place: _filled(_TEMPLATES / template, words) for template, place in _FILES.items()}
    contents[folder / f"Pulumi.{stack}.yaml"] = Surroundings(here).text(spoke, beside=beside)
    if fleet := _fleet(here):
        contents[folder / FILE] = fleet
    if there := [path for path in contents if path.exists()]:
        raise ConfigError(
            "is there already. Name a folder that is empty or new.", code="repository-exists", place=str(there[0])
        )
    write_files(contents)
    print(f"wrote {len(contents)} files into {folder}. Next, there: git init, make preview")
    return ExitCode.DONE


def _refuse_taken(stack: str) -> str:
    """Refuse a name that another stack has, here or in the backend, and give the backend; empty where there is none.

    Two repositories that run one stack would take turns in removing what the other has made.
    """
    try:
        backend = backend_url()
        known = states_at(backend, engine(), SPOKE_PROJECT).tags()
    except CatalogError:
        backend, known = "", {}
    if stack in known or stack in stacks():
        raise ConfigError(
            f"invalid value {stack.removeprefix('spoke-')!r}: there is a stack {stack} already, and two repositories "
            f"would undo each other's work. Choose another name.",
            code="stack-of-another-repository",
            place="spoke new-repository: name",
        )
    return backend


def _filled(template: Path, words: dict[str, str]) -> str:
    text = template.read_text()
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text


def _fleet(folder: Path) -> str:
    """Write what a spoke has to know of fleet.yaml; empty where that is nothing."""
    known = read_settings(folder).model_dump(mode="json", by_alias=True, include={"hub", "records"}, exclude_none=True)
    return yaml.safe_dump(known, sort_keys=False) if known else ""
