"""Catalogs of any size to measure a hub with: copies of one product, in portfolios and stacks of at most 25."""

import re
import shutil
from pathlib import Path
from typing import Any, Final

import yaml

_LIKE: Final = "text-embedder-serverless"
_GROUP: Final = "text-embedder"
_ORGANIZATION: Final = Path(__file__).parents[1] / "sandbox" / "aws" / "default_organization.yaml"
IN_A_STACK: Final = 25


def write_catalog(project: Path, number: int, *, divided: bool) -> list[str]:
    """Replace a project's catalog by so many products of two versions each; gives the names of the hub's stacks."""
    catalog = project / "hub" / "catalog"
    like = catalog / "products" / _LIKE
    texts = {file.name: file.read_text() for file in like.iterdir()}
    shutil.rmtree(catalog / "products")
    portfolios = [f"p{index:02}" for index in range(-(-number // IN_A_STACK))]
    listing: list[dict[str, object]] = [
        {"key": key, "name": f"Portfolio {key}", "provider_name": "ML Platform", "description": "Models.", "tags": {}}
        for key in portfolios
    ]
    _ = (catalog / "portfolios.yaml").write_text(yaml.safe_dump({"portfolios": listing}))
    (catalog / "templates.lock").unlink()
    for index in range(number):
        _write_product(catalog / "products" / f"model-{index:03}", texts, portfolios[index // IN_A_STACK])
    return _write_stacks(project, portfolios, divided=divided)


def write_organization(file: Path, number: int) -> Path:
    """Write the sandbox's own organization with a model in the registry for each product; gives the file."""
    content: dict[str, Any] = yaml.safe_load(_ORGANIZATION.read_text())
    [like] = [each for each in content["model_packages"] if each["group"] == _GROUP][:1]
    content["model_packages"] = [{**like, "group": f"model-{index:03}"} for index in range(number)]
    _ = file.write_text(yaml.safe_dump(content))
    return file


def add_version(project: Path, index: int) -> None:
    """Publish a third version of a product."""
    folder = project / "hub" / "catalog" / "products" / f"model-{index:03}"
    product = yaml.safe_load((folder / "product.yaml").read_text())
    _copy_version(folder, "1.0.1", "1.0.2")
    product["versions"].append({**product["versions"][-1], **_files("1.0.2")})
    _ = (folder / "product.yaml").write_text(yaml.safe_dump(product, sort_keys=False))


def _write_product(folder: Path, texts: dict[str, str], portfolio: str) -> None:
    folder.mkdir(parents=True)
    for name, text in texts.items():
        own = text.replace(_LIKE, folder.name).replace(f"package/{_GROUP}/", f"package/{folder.name}/")
        _ = (folder / name).write_text(own)
    _copy_version(folder, "1.0.0", "1.0.1")
    product: dict[str, Any] = yaml.safe_load((folder / "product.yaml").read_text())
    product |= {"key": folder.name, "name": f"Model {folder.name}", "portfolio": portfolio}
    product["registry"]["group"] = folder.name
    product["versions"].append({**product["versions"][0], **_files("1.0.1")})
    _ = (folder / "product.yaml").write_text(yaml.safe_dump(product, sort_keys=False))


def _copy_version(folder: Path, old: str, new: str) -> None:
    for suffix in ("yaml", "card.yaml"):
        text = (folder / f"{old}.{suffix}").read_text()
        _ = (folder / f"{new}.{suffix}").write_text(re.sub(rf"\b{re.escape(old)}\b", new, text) + f"# {new}\n")


def _files(version: str) -> dict[str, str]:
    return {"version": version, "template": f"{version}.yaml", "card": f"{version}.card.yaml"}


def _write_stacks(project: Path, portfolios: list[str], *, divided: bool) -> list[str]:
    path = project / "Pulumi.hub.yaml"
    config: dict[str, Any] = yaml.safe_load(path.read_text())["config"]
    path.unlink()
    parts = {f"hub-{key}": [key] for key in portfolios} if divided else {"hub": portfolios}
    for stack, own in parts.items():
        shares = [{"portfolio": key, "type": "ORGANIZATIONAL_UNIT", "target": "Workloads"} for key in own]
        settings = config | {"model-catalog-hub:portfolios": own, "model-catalog-hub:shares": shares}
        _ = (project / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": settings}))
    return list(parts)
