"""Divides a hub's catalog over stacks: says how many there have to be, what goes where, and writes their settings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from cli.catalog.files import FOLDER
from cli.exit_codes import ExitCode
from cli.stacks import engine, with_settings
from cli.verbs import print_json
from cli.yaml_changes import with_list, without_items
from cli.yaml_text import append, dump
from fleet.show.tables import Column, console, show
from fleet.store.locations import states_at
from fleet.store.storage import backend_url
from hub.config import HubSettings
from hub.definitions.outline import outlines
from hub.definitions.portfolio_division import Part, divided
from hub.definitions.portfolio_selection import refuse_overlap
from hub.definitions.schema import PortfolioFile, PortfoliosFile
from hub.definitions.yaml_file import content_of, read_document, read_yaml
from shared.errors import ConfigError
from shared.files import write_files
from shared.stack.names import CATALOG_OUTPUT, HUB_PROJECT
from shared.stack.settings import structured
from shared.stack.stack_file import StackFile, stack_files

_COLUMNS: Final = (
    Column("stack"),
    Column("products", 1),
    Column("portfolios", 0, wraps=True),
    Column("what", 2),
    Column("which", 3, wraps=True),
)
_LISTS: Final = {"shares": "portfolio", "principals": "portfolio", "exceptions": "product"}
"""Settings that are of a portfolio or of a product, and what in them says of which."""


def divide_hub(stack: str, most: int, *, dry_run: bool, as_json: bool) -> int:
    """Divide it, and write the settings.

    Args:
        stack: A hub's, after whose settings those of new stacks are written.
        most: Products of a stack.
        dry_run: Write nothing.
        as_json: For machines.

    Raises:
        CatalogError: the catalog or the settings are wrong, the backend is out of reach, or a file cannot be changed.
    """
    _ = with_settings(stack, among=("hub",))
    files = _files_beside(stack)
    portfolios = read_document(PortfoliosFile, FOLDER / "portfolios.yaml").portfolios
    products = outlines(FOLDER)
    parts = divided(products, [each.key for each in portfolios], _placed(files, portfolios), most=most)
    places = {f"portfolio {key}": part.stack for part in parts for key in part.portfolios}
    places |= {f"product {key}": part.stack for part in parts for key in part.products}
    texts = _texts(parts, files, stack, places)
    if not dry_run:
        write_files({path: text.encode() for path, text in texts.items()})
    _tell(parts, texts, most, dry_run=dry_run, as_json=as_json)
    return ExitCode.DONE


def _files_beside(stack: str) -> dict[str, StackFile]:
    """Give the hub's stacks of the same account. Raises ConfigError: two of them would publish the same."""
    own = StackFile(Path(f"Pulumi.{stack}.yaml"))
    files = {each.stack: each for each in stack_files(Path(), "hub") if each.account == own.account}
    for each in files.values():
        refuse_overlap(each.settings(HubSettings), own=each.path.name, folder=Path())
    return dict(sorted(files.items()))


def _placed(files: Mapping[str, StackFile], portfolios: Sequence[PortfolioFile]) -> dict[str, list[str]]:
    """Give the portfolios that stacks have: what their settings name, and what they have published.

    Raises:
        ConfigError: one is named by another stack than the one that has published it.
    """
    states = states_at(backend_url(), engine(), HUB_PROJECT)
    keys = {each.original_key: each.key for each in portfolios}
    placed: dict[str, list[str]] = {}
    published: dict[str, str] = {}
    for stack, file in files.items():
        state = states.read(stack)
        there = [keys[each] for each in _original_keys(state.outputs if state else {}) if each in keys]
        published |= dict.fromkeys(there, stack)
        named = [each for each in file.settings(HubSettings).portfolios if each in keys.values()]
        placed[stack] = named or there
    for stack, own in placed.items():
        for key in own:
            if published.get(key, stack) != stack:
                raise ConfigError(
                    f"names {key}, which {published[key]} has published. It would be made a second time, with other "
                    f"ids. Name it in Pulumi.{published[key]}.yaml again.",
                    code="portfolio-published-elsewhere",
                    place=f"{files[stack].path.name}: portfolios",
                )
    return placed


def _original_keys(outputs: Mapping[str, Any]) -> list[str]:
    catalog: object = outputs.get(CATALOG_OUTPUT)
    regions: dict[str, Any] = cast("dict[str, Any]", catalog).get("regions", {}) if isinstance(catalog, dict) else {}
    found = {
        str(portfolio.get("first_key", key)): None
        for region in regions.values()
        for key, portfolio in region.get("portfolios", {}).items()
    }
    return list(found)


def _texts(
    parts: Sequence[Part], files: Mapping[str, StackFile], like: str, places: Mapping[str, str]
) -> dict[Path, str]:
    """Write the settings that change. Raises ConfigError: a file is written in a way that it cannot be changed in."""
    if len(parts) == 1 and not files[parts[0].stack].settings(HubSettings).portfolios:
        return {}  # one stack that publishes everything needs to be told nothing
    texts = {stack: content_of(file.path).decode() for stack, file in files.items()}
    before = dict(texts)
    moved: list[tuple[str, str, Mapping[str, Any]]] = []
    for stack, file in files.items():
        for name in _LISTS:
            items = _items(file, name)
            gone = {index: _place(name, item, places) for index, item in enumerate(items)}
            gone = {index: place for index, place in gone.items() if place not in (stack, "")}
            if gone:
                key = f"{HUB_PROJECT}:{name}"
                texts[stack] = without_items(texts[stack], ["config", key], gone, where=file.path.name)
                moved += [(place, name, items[index]) for index, place in gone.items()]
    base: dict[str, Any] = cast("dict[str, Any]", read_yaml(files[like].path))
    for part in parts:
        if part.is_new:
            texts[part.stack] = _new(base, part)
        elif part.added or not files[part.stack].settings(HubSettings).portfolios:
            keys, name = ["config", f"{HUB_PROJECT}:portfolios"], f"Pulumi.{part.stack}.yaml"
            texts[part.stack] = with_list(texts[part.stack], keys, part.portfolios, where=name)
    for stack, name, item in moved:
        where = f"Pulumi.{stack}.yaml"
        texts[stack] = append(texts[stack], ["config", f"{HUB_PROJECT}:{name}"], item, where=where)
    return {Path(f"Pulumi.{stack}.yaml"): text for stack, text in texts.items() if text != before.get(stack)}


def _items(file: StackFile, name: str) -> list[Mapping[str, Any]]:
    found = structured(file.given.get(f"{HUB_PROJECT}:{name}", ""))
    return cast("list[Mapping[str, Any]]", found) if isinstance(found, list) else []


def _place(name: str, item: Mapping[str, Any], places: Mapping[str, str]) -> str:
    """Say which stack a setting belongs to; empty where it is of nothing that there is, which a run tells."""
    kind = _LISTS[name]
    return places.get(f"{kind} {item.get(kind)}", "")


def _new(base: Mapping[str, Any], part: Part) -> str:
    """Write the settings of a new stack: those of the one that there is, without what is of its own portfolios."""
    own = {f"{HUB_PROJECT}:{name}" for name in ("portfolios", *_LISTS)}
    config = {key: value for key, value in cast("dict[str, Any]", base["config"]).items() if key not in own}
    text = dump({**base, "config": {**config, f"{HUB_PROJECT}:portfolios": list(part.portfolios)}})
    return f"# A part of the hub's catalog: model-catalog stack up {part.stack}\n{text}"


def _tell(parts: Sequence[Part], texts: Mapping[Path, str], most: int, *, dry_run: bool, as_json: bool) -> None:
    written = [str(path) for path in texts]
    if as_json:
        rows = [
            {
                "stack": part.stack,
                "new": part.is_new,
                "portfolios": list(part.portfolios),
                "added": list(part.added),
                "products": list(part.products),
            }
            for part in parts
        ]
        print_json({"parts": rows, "files": written, "written": bool(written) and not dry_run})
        return
    show(console(), _COLUMNS, [_row(part, most) for part in parts])
    print(f"{len(parts)} {'part' if len(parts) == 1 else 'parts'} of at most {most} products")
    print(f"{'would write' if dry_run else 'wrote'} {', '.join(written)}" if written else "nothing to write")
    new = [part.stack for part in parts if part.is_new]
    if new:
        print(f"a spoke that launches from one of them names it too, in hubStack: {', '.join(new)}")


def _row(part: Part, most: int) -> list[str]:
    what = "new" if part.is_new else f"gets {', '.join(part.added)}" if part.added else "as it is"
    if len(part.products) > most:
        what += f", more than {most}: divide its portfolios" if part.is_new or part.added else f", more than {most}"
    return [part.stack, str(len(part.products)), ", ".join(part.portfolios), what, ", ".join(part.products)]
