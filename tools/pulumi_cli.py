"""Finds the Pulumi CLI, or builds it from its published Go modules."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

ROOT: Final = Path(__file__).resolve().parent.parent
BIN: Final = ROOT / ".tools" / "bin"
VERSION: Final = "3.250.0"
"""The version that is built, and the oldest that is used when it is found (docs/adr/0002)."""

OLDEST_GO: Final = (1, 25, 11)
HOST: Final = "pulumi-language-python"
EXEC: Final = "pulumi-language-python-exec"
MODULE: Final = "github.com/pulumi/pulumi/sdk/v3"
INSTALL_PAGE: Final = "https://www.pulumi.com/docs/install/"


def main() -> int:
    """See to it that there is a CLI with a Python host, and say which."""
    found = find()
    if found:
        print(f"pulumi: using {found}")
        return 0
    if not _go_is_new_enough():
        print(
            f"error: there is no Pulumi CLI {VERSION} or newer on PATH, and building it needs Go "
            f"{'.'.join(map(str, OLDEST_GO))} or newer. Install one of the two: {INSTALL_PAGE}",
            file=sys.stderr,
        )
        return 1
    try:
        build()
    except subprocess.CalledProcessError as problem:
        print(f"error: building the Pulumi CLI failed:\n{problem.stderr}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted: run make install again; what was compiled is kept.", file=sys.stderr)
        return 130
    print(f"pulumi: built {BIN.relative_to(ROOT) / 'pulumi'}")
    return 0


def find() -> str | None:
    """Name the CLI to use: one on PATH with its Python host, or the one that was built here."""
    elsewhere = os.pathsep.join(part for part in os.get_exec_path() if Path(part).resolve() != BIN)
    for path in (elsewhere, str(BIN)):
        cli, host = shutil.which("pulumi", path=path), shutil.which(HOST, path=path)
        if cli and host and shutil.which(EXEC, path=path) and _version(cli) >= _numbers(VERSION):
            return cli
    return None


def build() -> None:
    """Build the CLI and its Python host into `.tools/bin`.

    Raises:
        subprocess.CalledProcessError: with what the Go tool chain said.
    """
    BIN.mkdir(parents=True, exist_ok=True)
    flags = f"-s -w -X {MODULE}/go/common/version.Version=v{VERSION}"
    print("pulumi: none was found on PATH, so it is built from source; this takes some minutes, once", flush=True)
    _build("python-host", f"{MODULE}/python/cmd/{HOST}", HOST, "-s -w")
    _build("cli", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "pulumi", flags)
    module = _go("list", "-m", "-f", "{{.Dir}}", MODULE, module="cli").strip()
    _place(Path(module) / "python" / "cmd" / EXEC, BIN / EXEC)


def _build(module: str, package: str, name: str, flags: str) -> None:
    """Compile one program; it takes its name only when it is complete."""
    partial = BIN / f".{name}.partial"
    command = ["go", "build", "-v", "-trimpath", "-ldflags", flags, "-o", str(partial), package]
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console()
    with (
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress,
        subprocess.Popen(command, cwd=ROOT / "tools" / module, stderr=subprocess.PIPE, text=True) as process,
    ):
        task = progress.add_task(f"compiling {name}")
        said: list[str] = []
        for count, line in enumerate(process.stderr or (), start=1):
            said.append(line)
            progress.update(task, description=f"compiling {name}: {count} packages")
            if count % 200 == 0 and not console.is_terminal:
                print(f"pulumi: compiling {name}: {count} packages", flush=True)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command, stderr="".join(said[-20:]))
    _place(partial, BIN / name, move=True)


def _place(source: Path, target: Path, *, move: bool = False) -> None:
    partial = source if move else shutil.copyfile(source, target.with_suffix(".partial"))
    partial.chmod(0o755)
    partial.replace(target)


def _go(*arguments: str, module: str) -> str:
    command = ["go", *arguments]
    return subprocess.run(command, cwd=ROOT / "tools" / module, capture_output=True, text=True, check=True).stdout


def _go_is_new_enough() -> bool:
    if shutil.which("go") is None:
        return False
    found = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True, check=False).stdout
    return _numbers(found) >= OLDEST_GO


def _version(cli: str) -> tuple[int, ...]:
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    said = subprocess.run([cli, "version"], capture_output=True, text=True, check=False, env=environment)
    return _numbers(said.stdout)


def _numbers(text: str) -> tuple[int, ...]:
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in found.groups()) if found else (0,)


if __name__ == "__main__":
    sys.exit(main())
