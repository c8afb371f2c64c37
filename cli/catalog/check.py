"""Checks all of the catalog, and tells what every check found instead of the first mistake alone."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cli.catalog.files import FOLDER, catalog_as_of
from cli.catalog.launch_rights import rights_problems
from cli.catalog.schemas import stale_schemas
from cli.exit_codes import reached
from cli.verbs import print_json
from fleet.checkout import harmless_environment
from hub.definitions.marks import marks_in
from shared.errors import CatalogError

_TEMPLATES = ("marker.yaml", "products/*/*[0-9].yaml")


def check_catalog(*, as_json: bool) -> int:
    """Check it; not reached where anything is to be mended."""
    marks = [str(each) for each in marks_in(FOLDER)]
    # With a mark in it a file is not whole, and what else is wrong with it says nothing.
    problems = [*(marks or _mistakes()), *rights_problems(), *_schemas(), *_lint()]
    if as_json:
        print_json(problems)
    else:
        for problem in problems:
            print(f"error: {problem}", file=sys.stderr)
        print(f"{FOLDER}: {len(problems) or 'nothing'} to mend")
    return reached(reached=not problems)


def _mistakes() -> Iterator[str]:
    try:
        _ = catalog_as_of()
    except CatalogError as problem:
        yield str(problem)


def _schemas() -> Iterator[str]:
    for path in stale_schemas():
        yield f"{path} is out of date. Write it anew: model-catalog models check --write-schemas (make schemas)."


def _lint() -> Iterator[str]:
    """Let cfn-lint read the templates, in a process of its own: it takes a second to load."""
    program = Path(sys.executable).with_name("cfn-lint")
    if not program.exists():
        print(f"{FOLDER}: templates are not linted: cfn-lint is not installed", file=sys.stderr)
        return
    templates = [str(path) for pattern in _TEMPLATES for path in sorted(FOLDER.glob(pattern))]
    command = [program, "--format", "parseable", *templates]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=harmless_environment())
    yield from (line for line in [*done.stdout.splitlines(), *done.stderr.splitlines()] if line and done.returncode)
