"""Adds the templates of new versions to the catalog's lock file, after asking AWS and git what it has to hold."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from cli.catalog.files import FOLDER, catalog_as_of, exceptions_here
from cli.catalog.template_commands import write_new
from cli.exit_codes import ExitCode
from hub.config import HubSettings
from hub.definitions.load import read_unlocked
from hub.definitions.lock_document import LOCK_FILE
from hub.definitions.lock_file import Known, add_to_lock, known_from
from hub.definitions.model import Catalog, files_of
from hub.definitions.portfolio_selection import part_of
from hub.inspection.published_templates import published_hashes
from shared.aws.session import AccountSession, error_text
from shared.catalog.lifecycle import as_of
from shared.errors import CatalogError
from shared.stack.names import HUB_PROJECT
from shared.stack.stack_file import StackFile, stack_files


def add_new() -> int:
    """Lock what is new.

    What AWS holds is what counts. Where it cannot be asked, every line that git ever had in this branch's history
    does. Numbers that were let go are git's to tell in either case.

    Raises:
        CatalogError: the files have a mistake, a command that writes a template fails, or the lock file has forgotten
            something. Nothing was locked.
    """
    for path in write_new():
        print(f"{path}: written by its command")
    catalog = read_unlocked(FOLDER, as_of(), exceptions=exceptions_here())
    known, problem = _published(catalog)
    if problem:
        print(f"not compared with AWS, but with git alone: {problem}", file=sys.stderr)
    # A line that was never published may be written anew.
    added = add_to_lock(
        FOLDER, catalog.published(), [*known, _history(templates=bool(problem))], files_of(catalog.products)
    )
    print(f"{FOLDER / LOCK_FILE}: {'added ' + ', '.join(added) if added else 'nothing to add'}")
    return ExitCode.DONE


def check() -> int:
    """Refuse what is new or has changed. Raises CatalogError."""
    _ = catalog_as_of()
    print(f"{FOLDER / LOCK_FILE}: every template is as it was published")
    return ExitCode.DONE


def _published(catalog: Catalog) -> tuple[list[Known], str]:
    """Ask AWS for all that the hub's stacks have published; or say why it cannot be asked."""
    files = stack_files(Path(), "hub")
    known: list[Known] = []
    for file in files:
        try:
            known += _published_by(file, catalog)
        except (BotoCoreError, ClientError) as problem:
            return known, f"{file.path.name}: {error_text(problem)}"
        except CatalogError as problem:
            return known, str(problem)
    return known, "" if files else "there is no Pulumi.hub.yaml"


def _published_by(file: StackFile, catalog: Catalog) -> Iterator[Known]:
    settings = file.settings(HubSettings)
    account = AccountSession(settings, where=file.path.name)
    products = part_of(settings, catalog, where=file.path.name).products
    for region in settings.all_regions:
        hashes = published_hashes(account, products, region, {HUB_PROJECT: file.stack})
        yield Known(f"AWS, {file.stack} in {region}", {version: [sha256] for version, sha256 in hashes.items()})


def _history(*, templates: bool) -> Known:
    """Put together what git knows, the newest first: two branches may have locked one number, and one was kept."""
    hashes: dict[tuple[str, str], list[str]] = {}
    removed: list[tuple[str, str]] = []
    for each in _committed():
        removed += each.removed
        for version, found in each.templates.items() if templates else ():
            hashes.setdefault(version, []).extend(found)
    return Known("git", hashes, removed)


def _committed() -> Iterator[Known]:
    """Read every content that git has of the lock file in this branch's history, and in that of what is merged."""
    path = FOLDER / LOCK_FILE
    heads = ["HEAD", *(["MERGE_HEAD"] if _git("rev-parse", "--verify", "--quiet", "MERGE_HEAD") else [])]
    for commit in _git("log", "--format=%h", *heads, "--", str(path)).split():
        try:
            yield known_from(_git("show", f"{commit}:./{path}"), f"git, {commit}")
        except CatalogError:
            continue  # it was torn then, or deleted


def _git(*words: str) -> str:
    """Ask git; nothing where there is none, or where it knows nothing."""
    try:
        return subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout
    except (OSError, UnicodeDecodeError, subprocess.CalledProcessError):
        return ""
