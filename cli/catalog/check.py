"""Checks all of the catalog, and tells what every check found instead of the first mistake alone."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cli.catalog.files import FOLDER, catalog_as_of
from cli.catalog.launch_rights import rights_problems
from cli.catalog.lint import lint
from cli.catalog.schemas import stale_schemas
from cli.catalog.template_commands import refuse_other_output
from cli.exit_codes import reached
from cli.verbs import print_json
from hub.definitions.endings import coming_endings, refuse_ended
from hub.definitions.marks import marks_in
from hub.definitions.product_folder import FILE
from hub.definitions.quotas import beyond_quotas
from hub.definitions.templates import read_template
from hub.definitions.yaml_file import content_of, read_yaml
from shared.errors import CatalogError, ContentError

_TEMPLATES = ("marker.yaml", "products/*/*[0-9].yaml")


def check_catalog(*, as_json: bool, commands: bool) -> int:
    """Check it; not reached where anything is to be mended.

    Args:
        as_json: For machines.
        commands: Run those that write templates.
    """
    written = _told(refuse_other_output) if commands else ()
    problems = list(dict.fromkeys([*_problems(), *written, *_schemas(), *_lint()]))
    if as_json:
        print_json(problems)
    else:
        for problem in problems:
            print(f"error: {problem}", file=sys.stderr)
        print(f"{FOLDER}: {len(problems) or 'nothing'} to mend")
    return reached(reached=not problems)


def refuse_mistakes() -> None:
    """Refuse a catalog with something to mend, and tell all of it: the part of a hub's preview that asks nobody.

    What cfn-lint finds is only warned of here: much of it is advice, and what it warns of may be deployed already.

    Raises:
        ContentError: there is something.
    """
    if not FOLDER.is_dir():
        return
    problems = _problems()
    for advice in dict.fromkeys(_lint()):
        print(f"warning: {advice}", file=sys.stderr)
    if problems:
        raise ContentError("\n".join(problems), code="catalog-to-mend")


def _problems() -> list[str]:
    """List what is to be mended in what people write."""
    found = [*map(str, marks_in(FOLDER)), *_mistakes(), *rights_problems()]
    return list(dict.fromkeys(found))  # a file that is missing is missed by two checks


def _mistakes() -> Iterator[str]:
    try:
        catalog = catalog_as_of()
    except CatalogError as problem:
        yield from (str(each) for each in problem.all if each.code != "mark-left")  # each mark has a line of its own
    else:
        for warning in (*beyond_quotas(catalog), *coming_endings(catalog)):
            print(f"warning: {warning}", file=sys.stderr)
        yield from _told(lambda: refuse_ended(catalog))


def _told(check: Callable[[], None]) -> Iterator[str]:
    try:
        check()
    except CatalogError as problem:
        yield from map(str, problem.all)


def _schemas() -> Iterator[str]:
    for path in stale_schemas():
        yield f"{path} is out of date. Write it anew: model-catalog models check --write-schemas (make schemas)."


def _lint() -> Iterator[str]:
    found = {path for pattern in _TEMPLATES for path in FOLDER.glob(pattern)}
    found |= {path for file in FOLDER.glob(f"products/*/{FILE}") for path in _named(file) if path.is_file()}
    return lint(sorted(found | {nested for path in found for nested in _nested(path)}))


def _nested(path: Path) -> Iterator[Path]:
    """Give the templates of its folder that a template names."""
    try:
        packaged = read_template(path).packaged if b"TemplateURL" in content_of(path) else None
        yield from (each.path for each in packaged.files() if each.text) if packaged else ()
    except CatalogError:
        return


def _named(file: Path) -> Iterator[Path]:
    """Give the templates that a product's file names, whatever else is wrong with it."""
    try:
        content: Any = read_yaml(file)
        for entry in content["versions"]:
            match entry["template"]:
                case str(name):
                    yield file.parent / name
                case written:
                    yield file.parent / str(written.get("file") or f"{entry['version']}.yaml")
    except (CatalogError, AttributeError, KeyError, TypeError):
        return
