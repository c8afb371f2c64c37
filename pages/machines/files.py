"""All files for machines, by their addresses from the top of what is published."""

import json
from collections.abc import Iterator

from pages.index.model import Index
from pages.machines.backstage import BACKSTAGE, backstage
from pages.machines.feeds import ATOM, CALENDAR, atom, calendar
from pages.machines.kubeflow import MODELS, SOURCES, models, sources
from pages.machines.listing import INDEX, document, listing, schemas
from pages.machines.llms import LLMS, llms
from pages.machines.sbom import sbom

Written = tuple[str, str | bytes]


def machine_files(index: Index, *, base: str = "") -> Iterator[Written]:
    """Write them, the list last: what it names is there then.

    Args:
        index: What there is.
        base: The address that the folder is published at, with a slash at its end; empty where it has none yet.
    """
    for product, version in index.versions():
        yield version.address, f"{document(index, product, version).model_dump_json(by_alias=True, indent=1)}\n"
        yield version.sbom, _json(sbom(index, product, version))
    for address, schema in schemas().items():
        yield address, _json(schema)
    yield ATOM, atom(index, base=base)
    yield CALENDAR, calendar(index, base=base)
    yield LLMS, llms(index, base=base)
    yield BACKSTAGE, backstage(index, base=base)
    yield MODELS, models(index)
    yield SOURCES, sources()
    yield INDEX, f"{listing(index).model_dump_json(by_alias=True, indent=1)}\n"


def _json(document: object) -> str:
    return f"{json.dumps(document, indent=1, ensure_ascii=False)}\n"
