"""A copy of the catalog's files that a test can spoil."""

import datetime as dt
import hashlib
import re
import shutil
from pathlib import Path
from typing import Any, Final

import yaml

DAY: Final = dt.date(2026, 11, 1)
"""The day on which every test happens, so that no state of a version depends on the clock."""


FIRST: Final = ("demand-forecaster-batch", "fraud-detector-realtime", "text-embedder-serverless")
"""The products that the sample catalog began with."""


class CatalogCopy:
    """A copy of the catalog's files, to change single things in.

    Attributes:
        folder: Where it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, *products: str) -> None:
        """Remove every other product, what the lock file has of it, and portfolios that nothing is in then."""
        for folder in (self.folder / "products").iterdir():
            if folder.name not in products:
                shutil.rmtree(folder)
        lock = self.folder / "templates.lock"
        content: dict[str, Any] = yaml.safe_load(lock.read_text())
        content["templates"] = {key: value for key, value in content["templates"].items() if key in products}
        lock.write_text(yaml.safe_dump(content))
        used = {yaml.safe_load(file.read_text())["portfolio"] for file in self.folder.glob("products/*/product.yaml")}
        listing = self.folder / "portfolios.yaml"
        head, *portfolios = listing.read_text().split("  - key: ")
        listing.write_text("  - key: ".join([head, *(text for text in portfolios if text.split("\n")[0] in used)]))

    def replace(self, file: str, old: str, new: str) -> Path:
        """Replace a piece of a file that is there exactly once, and give the file's path."""
        path = self.folder / file
        text = path.read_text()
        assert 1 == text.count(old), f"{old!r} is {text.count(old)} times in {path}"
        path.write_text(text.replace(old, new))
        return path

    def write(self, file: str, text: str) -> Path:
        """Write a file, and give its path."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def add_version(self, product: str, number: str, **changed: object) -> None:
        """Append a version to a product: its newest one once more, but for what is changed."""
        folder = self.folder / "products" / product
        file = folder / "product.yaml"
        content: dict[str, Any] = yaml.safe_load(file.read_text())
        last = content["versions"][-1]
        files = {"template": f"{number}.yaml", "card": f"{number}.card.yaml"}
        new: dict[str, Any] = {**last, "version": number, **files, **changed}
        for kind in ("template", "card"):
            if (folder / last[kind]).exists() and not (folder / new[kind]).exists():
                shutil.copyfile(folder / last[kind], folder / new[kind])
        kept = {key: value for key, value in new.items() if value is not None}
        file.write_text(yaml.safe_dump({**content, "versions": [*content["versions"], kept]}, sort_keys=False))

    def end(self, product: str, number: str, **lifecycle: object) -> None:
        """Give a version a lifecycle."""
        file = self.folder / "products" / product / "product.yaml"
        content: dict[str, Any] = yaml.safe_load(file.read_text())
        entry = next(entry for entry in content["versions"] if entry["version"] == number)
        entry["lifecycle"] = {"reason": "It has grown old.", **lifecycle}
        file.write_text(yaml.safe_dump(content, sort_keys=False))

    def run_image(self, product: str, image: str, **artifacts: object) -> None:
        """Let the newest version run one image: declare it, and name it in the template, which is locked anew."""
        folder = self.folder / "products" / product
        file = folder / "product.yaml"
        content: dict[str, Any] = yaml.safe_load(file.read_text())
        entry = content["versions"][-1]
        entry["artifacts"] |= {"images": [image], **artifacts}
        file.write_text(yaml.safe_dump(content, sort_keys=False))
        template = folder / entry["template"]
        text = re.sub(r"Image: !Sub\n( +- .*\n)+", f"Image: {image}\n", template.read_text())
        template.write_text(text)
        lock = self.folder / "templates.lock"
        locked: dict[str, Any] = yaml.safe_load(lock.read_text())
        locked["templates"][product][entry["version"]] = hashlib.sha256(text.encode()).hexdigest()
        lock.write_text(yaml.safe_dump(locked))

    def remove_version(self, product: str, number: str) -> None:
        """Delete a version's entry, and its files."""
        file = self.folder / "products" / product / "product.yaml"
        content: dict[str, Any] = yaml.safe_load(file.read_text())
        left = [entry for entry in content["versions"] if entry["version"] != number]
        file.write_text(yaml.safe_dump({**content, "versions": left}, sort_keys=False))
        for name in (f"{number}.yaml", f"{number}.card.yaml"):
            (file.parent / name).unlink(missing_ok=True)
