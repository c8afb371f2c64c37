"""Builds the pages of a large catalog, and opens them as a browser does.

Usage: python -m benchmarks.pages [--products 350]

Each product has four versions. The build is the command's own, in a process of its own; of pages it tells what they
weigh, what they load and when something is to be seen, by Chromium's own measure (first contentful paint), from a
server on this machine.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final

import yaml
from rich.console import Console
from rich.table import Table

from benchmarks.hub_catalog import write_catalog
from pages.web.serve import server
from tests.support.browser import launched
from tests.support.paths import ROOT

_PAGES: Final = (
    "index.html",
    "models/model-000/index.html",
    "compare.html?with=model-000,model-001",
    "portfolios.html",
)
_MEASURE: Final = """() => {
  const loaded = performance.getEntriesByType("resource");
  const page = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const size = (each) => each.transferSize || each.encodedBodySize || 0;
  return {
    requests: loaded.length + 1,
    bytes: loaded.reduce((sum, each) => sum + size(each), size(page)),
    paint: paint ? paint.startTime : 0,
    ready: page.domContentLoadedEventEnd,
  };
}"""


def main() -> int:
    """Build, look, and print both."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--products", type=int, default=350)
    number: int = parser.parse_args().products
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        project, site = Path(folder) / "project", Path(folder) / "site"
        _prepare(project, number)
        for again in ("first", "again"):
            begun = time.perf_counter()
            command = [sys.executable, "-m", "cli", "site", "build", "--out", str(site)]
            done = subprocess.run(command, cwd=project, env=_environment(), capture_output=True, text=True, check=False)
            if done.returncode != 0:
                sys.exit(done.stdout + done.stderr)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            files = [path for path in site.rglob("*") if path.is_file()]
            console.print(
                f"{number} products of 4 versions, {again}: {time.perf_counter() - begun:.1f} s, {peak} MiB at most, "
                f"{len(files)} files of {sum(path.stat().st_size for path in files) / 1e6:.1f} MB",
                highlight=False,
            )
        _look(site, console)
    return 0


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT)}  # as users have it: compiled once


def _prepare(project: Path, number: int) -> None:
    shutil.copytree(ROOT / "hub" / "catalog", project / "hub" / "catalog")
    shutil.copy(ROOT / "Pulumi.hub.yaml", project)
    _ = write_catalog(project, number, divided=False)
    for file in (project / "hub" / "catalog" / "products").glob("*/product.yaml"):
        product: dict[str, Any] = yaml.safe_load(file.read_text())
        for version in ("1.0.2", "1.0.3"):
            for suffix in ("yaml", "card.yaml"):
                text = (file.parent / f"1.0.1.{suffix}").read_text()
                _ = (file.parent / f"{version}.{suffix}").write_text(f"{text}# {version}\n")
            names = {"version": version, "template": f"{version}.yaml", "card": f"{version}.card.yaml"}
            product["versions"].append({**product["versions"][-1], **names})
        _ = file.write_text(yaml.safe_dump(product, sort_keys=False))
    _ = subprocess.run(
        [sys.executable, "-m", "cli", "models", "lock"],
        cwd=project,
        env=_environment(),
        check=True,
        capture_output=True,
    )


def _look(site: Path, console: Console) -> None:
    table = Table("page", "requests", "kB", "first contentful paint", "ready")
    with server(site, 0) as serving, launched() as browser:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        for path in _PAGES:
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.goto(f"http://127.0.0.1:{serving.server_port}/{path}")
            page.wait_for_load_state("networkidle")
            found = page.evaluate(_MEASURE)
            table.add_row(
                path,
                str(found["requests"]),
                f"{found['bytes'] / 1000:.0f}",
                f"{found['paint']:.0f} ms",
                f"{found['ready']:.0f} ms",
            )
        serving.shutdown()
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
