"""Builds the folder of pages from the index of the catalog."""

import json
import math
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jinja2

from pages.index.model import Index, IndexedProduct
from pages.index.version import IndexedParameter, IndexedVersion
from pages.web.finding import entries, shown, words
from pages.web.form import form_data
from pages.web.proposing import BRANCH, Host, Repository
from pages.web.rendering import ASSETS, environment
from shared.errors import ConfigError
from shared.folders import replace_folder

MARK: Final = ".model-catalog-site"
"""The file by which a folder is known that may be built again; it holds the title."""

_NAVIGATION: Final = (("index.html", "Find"), ("compare.html", "Compare"), ("portfolios.html", "Access"))
_MOST_METRICS: Final = 30
"""Names of metrics that one can sort by."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """What the pages are made of, beside the index.

    Attributes:
        title: What the catalog is called.
        branch: Of its repository, which changes are proposed to.
        host: Of that repository; None to tell by the address.
        users: How many accounts run each product, by its key; None where nobody says.
        documents: Gives files for machines, by their addresses, which are put into the same folder.
        linked: Those of them that every page names, with their names.
        more: Renders further pages, by their addresses, from the templates and what all pages show.
        rooms: Where those are, for the navigation.
    """

    index: Index
    title: str = "Model catalog"
    branch: str = BRANCH
    host: Host | None = None
    users: Mapping[str, int] | None = None
    documents: Callable[[], Mapping[str, bytes]] = dict
    linked: Sequence[tuple[str, str]] = ()
    more: Callable[[jinja2.Environment, Mapping[str, Any]], Mapping[str, str]] | None = None
    rooms: Sequence[tuple[str, str]] = ()

    @property
    def repository(self) -> Repository:
        """Where changes are proposed."""
        return Repository(address=self.index.repository, branch=self.branch, host=self.host)


def build(site: Site, folder: Path) -> tuple[int, int]:
    """Write the folder, in place of one that was built before; give the number of its pages and of its documents.

    Raises:
        ConfigError: the folder holds something else, or Pagefind is not there or fails.
    """
    _refuse_foreign(folder)
    files = dict(files_of(site)) | {MARK: site.title.encode()}
    documents = list[str]()

    def contents() -> Iterator[tuple[Path, bytes]]:
        """Give the pages first: documents may still be under way."""
        yield from ((Path(address), content) for address, content in files.items())
        for address, content in site.documents().items():
            documents.append(address)
            yield Path(address), content

    replace_folder(folder, contents(), finish=_add_search)
    return sum(address.endswith(".html") for address in files), len(documents)


def files_of(site: Site) -> Iterator[tuple[str, bytes]]:
    """Give every file but the search's own, each with its address."""
    index, made = site.index, environment()
    found = entries(index, site.users)
    metrics = Counter(name for each in found for name in {metric[0] for metric in each["metrics"]})
    common = {
        **context_of(site),
        "repository": site.repository,
        "metrics": sorted(name for name, _ in metrics.most_common(_MOST_METRICS)),
        "has_users": site.users is not None,
        "tagged": {each.portfolio for each in index.products if each.tag_options_go_along},
    }
    for name in ("index.html", "all.html", "compare.html", "portfolios.html"):
        yield name, made.get_template(name).render(**common, top="", here=name).encode()
    template = made.get_template("model.html")
    for product in index.products:
        newest = shown(product)
        for version in product.versions:
            values = {**common, "top": "../../", "here": "", **_model(site, product, version)}
            text = template.render(**values, searchable=False).encode()
            yield f"models/{product.key}/{version.version}.html", text
            if version is newest:  # the product's own address shows the version to take, and is what a search finds
                yield f"models/{product.key}/index.html", template.render(**values, searchable=True).encode()
        yield f"data/{product.key}.js", _script("versions", product.key, _compared(product)).encode()
    if site.more:
        yield from ((address, text.encode()) for address, text in site.more(made, common).items())
    yield "catalog.js", _script("entries", None, found).encode()
    yield "words.js", _script("words", None, words(index)).encode()
    for asset in sorted(ASSETS.iterdir()):
        yield f"assets/{asset.name}", asset.read_bytes()


def context_of(site: Site) -> dict[str, Any]:
    """Give what the frame of every page shows."""
    return {
        "index": site.index,
        "title": site.title,
        "navigation": [*_NAVIGATION, *site.rooms],
        "documents": site.linked,
    }


def _model(site: Site, product: IndexedProduct, version: IndexedVersion) -> dict[str, Any]:
    index = site.index
    prices = version.cost.with_defaults if version.cost else {}
    here = {region: each for region, each in prices.items() if region in product.everywhere} or prices
    known = {region: each for region, each in here.items() if each.least is not None}
    region = min(known, key=lambda each: (known[each].least, each), default=None)
    settable = [each for each in version.parameters if not each.brought and not each.hidden]
    sections = [("about", "About"), ("launch", "Launch"), ("versions", "Versions"), ("metrics", "Evaluation")]
    sections += [("lineage", "Origin"), ("resources", "Resources"), ("rights", "Rights")]
    return {
        "product": product,
        "version": version,
        "portfolio": next(each for each in index.portfolios if each.key == product.portfolio),
        "price": known[region] if region else None,
        "price_region": region,
        "users": None if site.users is None else site.users.get(product.key, 0),
        "groups": _groups(settable),
        "given_by_version": [each for each in version.parameters if each.brought],
        "hidden": [each for each in version.parameters if each.hidden and not each.brought],
        "form": form_data(product, version, repository=site.repository),
        "changed": next(reversed(version.differences.values()), None),
        "sections": [*sections, *([("call", "Call")] if version.calls else [])],
    }


def _groups(parameters: Sequence[IndexedParameter]) -> list[tuple[str, list[IndexedParameter]]]:
    found: dict[str, list[IndexedParameter]] = {}
    for each in parameters:
        found.setdefault(each.group or "Parameters", []).append(each)
    return list(found.items())


def _compared(product: IndexedProduct) -> dict[str, Any]:
    """Give what the comparison shows of a product's versions."""
    return {
        "name": product.name,
        "key": product.key,
        "regions": product.everywhere,
        "versions": [
            {
                "version": each.version,
                "life": each.life.model_dump(mode="json"),
                "card": each.card.model_dump(mode="json", exclude={"evaluations", "lineage"}, exclude_none=True),
                "metrics": [[metric.name, f"{metric.value:g}", metric.evaluation] for metric in each.metrics],
                "prices": {
                    region: str(found) for region, found in (each.cost.with_defaults if each.cost else {}).items()
                },
                "parameters": [
                    {"name": item.name, "default": item.default, "limits": item.limits, "brought": bool(item.brought)}
                    for item in each.parameters
                ],
                "resources": sorted(Counter(item.type for item in each.resources).items()),
                "approval": each.approval.model_dump(mode="json") if each.approval else None,
                "package": each.model.package.partition(":model-package/")[2],
                "differences": {before: found.model_dump() for before, found in each.differences.items()},
            }
            for each in product.versions
        ],
    }


def _script(name: str, key: str | None, content: object) -> str:
    """Write data as a script: over file:// a page can read nothing else."""
    text = json.dumps(_plain(content), ensure_ascii=True, separators=(",", ":"), default=str)
    place = f"ModelCatalog.{name}"
    if key is None:
        return f"{place} = {text};\n"
    return f"({place} = {place} || {{}})[{json.dumps(key)}] = {text};\n"


def _plain(node: Any) -> Any:  # noqa: ANN401 - any part of a document
    """Leave out what JSON has no number for."""
    if isinstance(node, float) and not math.isfinite(node):
        return None
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - any part
    return [_plain(each) for each in node] if isinstance(node, list) else node  # pyright: ignore[reportUnknownVariableType] - any part


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or (folder / MARK).exists())):
        raise ConfigError(
            "holds something that the pages are not. Name a folder that is new, empty, or was built before.",
            code="folder-not-of-the-pages",
            place=str(folder),
        )


_SEARCHED: Final = "models/*/index.html"
"""The page that stands for a product; of the others none is found."""


def _add_search(folder: Path) -> None:
    """Have Pagefind index the pages. It reads a thousand in a second by its command."""
    pages = _SEARCHED if any(folder.glob(_SEARCHED)) else "*.html"  # it takes no folder without a page
    command = [sys.executable, "-m", "pagefind", "--site", str(folder), "--glob", pages, "--silent"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - its own arguments
    if done.returncode:
        raise ConfigError(
            f"cannot index the pages: {(done.stderr or done.stdout).strip()[-400:] or done.returncode}. Run make "
            f"install, which installs it.",
            code="search-not-built",
            place="pagefind",
        )
