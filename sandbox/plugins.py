"""Which aws plug-in the Pulumi CLI runs on a sandbox: the stand-in, or the official one that is installed here.

Each has a home of its own in the sandbox's folder, so that neither takes the other's place. The official one stays
where it is, and its home links to it.
"""

import os
import re
import shlex
from importlib.metadata import version
from pathlib import Path
from typing import Final

from sandbox.files import link_whole, write_whole

STAND_IN: Final = "stand-in"
OFFICIAL: Final = "official"
PLUGINS: Final = (STAND_IN, OFFICIAL)
VARIABLE: Final = "SANDBOX_PLUGIN"
"""The environment variable that says which one, where nobody says it."""

_NAME: Final = "pulumi-resource-aws"
_MADE_HERE: Final = ".made-by-a-sandbox"
"""A file in each home that a sandbox makes: a shell that is pointed at one has it as its PULUMI_HOME."""
_STARTER: Final = re.compile(rb'#!/bin/sh\nexec [^\n]* -m sandbox\.plugin "\$@"\n')
_LONGEST_STARTER: Final = 8192


class PluginError(Exception):
    """The plug-in that is asked for cannot be had."""


def chosen(kind: str | None = None) -> str:
    """Give the kind of plug-in that runs: as said here, as the environment says, or else the stand-in.

    Raises:
        PluginError: there is no such kind.
    """
    kind = kind or os.environ.get(VARIABLE) or STAND_IN
    if kind not in PLUGINS:
        raise PluginError(f"invalid plug-in {kind!r}. Expected one of: {', '.join(PLUGINS)}.")
    return kind


def pinned() -> str:
    """Give the version of the plug-in, which is the installed SDK's: the CLI looks for no other."""
    return version("pulumi_aws")


def install(folder: Path, python: str, kind: str | None = None) -> Path:
    """Make a home for Pulumi in a sandbox's folder, and give it; the CLI finds the plug-in there and downloads nothing.

    Args:
        folder: The sandbox's.
        python: Starts the stand-in.
        kind: Of the plug-in; see `chosen`.

    Raises:
        PluginError: the official one is asked for, and is not installed.
    """
    if chosen(kind) == OFFICIAL:
        found, home = find_official(), folder / "pulumi-official"
        place = _place(home)
        for each in found.parent.iterdir():
            link_whole(place / each.name, each)
    else:
        home = folder / "pulumi"
        if _is_foreign(_place(home) / _NAME):
            home = folder / "pulumi-stand-in"  # somebody installed the official one there, which stays
        starter = f'#!/bin/sh\nexec {shlex.quote(python)} -m sandbox.plugin "$@"\n'
        plugin = _place(home) / _NAME
        if not plugin.exists() or plugin.read_bytes() != starter.encode():
            write_whole(plugin, starter, mode=0o755)  # another run may be starting the plug-in this very moment
    if not (home / _MADE_HERE).exists():
        write_whole(home / _MADE_HERE, "")
    return home


def find_official() -> Path:
    """Find the official plug-in of the pinned version where the CLI looks: $PULUMI_HOME, or else ~/.pulumi.

    Whatever is an executable of that name there is it, but for the stand-in in a home that a sandbox has made.

    Raises:
        PluginError: it is not there, is not whole, or is not executable; says how to install it.
    """
    home, own = _home()
    plugin, command = _place(home) / _NAME, f"pulumi plugin install resource aws v{pinned()}"
    if own:
        command = f"PULUMI_HOME={shlex.quote(str(home))} {command}"
    whole = not _place(home).with_name(f"{_place(home).name}.partial").exists()
    if not plugin.is_file() or not whole:
        others = sorted(each.parent.name for each in (home / "plugins").glob(f"resource-aws-v*/{_NAME}"))
        there = f" Installed there: {', '.join(others)}." if others and whole else ""
        state = "is not installed" if whole else "is installed in part only"
        raise PluginError(
            f"the official aws plug-in {pinned()} {state} in {home / 'plugins'}.{there} Install it, on a machine with "
            f"network: {command}"
        )
    if not os.access(plugin, os.X_OK):
        raise PluginError(f"{plugin} is not executable. Install it anew: {command} --reinstall")
    return plugin.resolve()


def described(kind: str | None = None) -> str:
    """Say which plug-in runs, and where it is.

    Raises:
        PluginError: as `install`.
    """
    if chosen(kind) == OFFICIAL:
        return f"the official aws plug-in {pinned()}, {find_official()}"
    return f"the sandbox's stand-in for the aws plug-in {pinned()}"


def _home() -> tuple[Path, bool]:
    """Give the home where the CLI looks, and whether the environment names one of a sandbox's instead."""
    named, common = os.environ.get("PULUMI_HOME"), Path.home() / ".pulumi"
    if not named:
        return common, False
    home = Path(named).expanduser()
    of_sandbox = (home / _MADE_HERE).exists() and not _is_foreign(_place(home) / _NAME)
    return (common, True) if of_sandbox else (home.absolute(), False)


def _place(home: Path) -> Path:
    return home / "plugins" / f"resource-aws-v{pinned()}"


def _is_foreign(plugin: Path) -> bool:
    """Say whether something is there that is not the stand-in; it may be a binary of any size."""
    if not plugin.exists():
        return False
    with plugin.open("rb") as file:
        return not _STARTER.fullmatch(file.read(_LONGEST_STARTER))
