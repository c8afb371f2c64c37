"""Writes the change by which an account would get a portfolio, for those who decide; nothing is granted by it."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.accounts.committed import clean_checkout, committed
from cli.accounts.patch import patch_of
from cli.exit_codes import ExitCode
from cli.yaml_text import append
from hub.config import HubSettings, ShareSetting, ShareType
from pages.index.model import IndexedPortfolio
from shared.errors import ConfigError
from shared.files import write_file
from shared.stack.names import HUB_PROJECT, SPOKE_PROJECT
from shared.stack.stack_file import StackFile, settings_of
from shared.validation import validate
from spoke.config import SpokeSettings

_SHARES: Final = ("config", f"{HUB_PROJECT}:shares")
_PRINCIPALS: Final = ("config", f"{SPOKE_PROJECT}:principals")
_PATCH: Final = "access.patch"


def ask_access(
    stack: str, portfolios: Sequence[IndexedPortfolio], key: str, *, kind: ShareType, principal: str, out: Path | None
) -> int:
    """Print the change as a patch, or write it to `out`, and tell who decides; all else as `access_change` has it.

    The patch is of what is committed: the engine writes lines of its own into a checkout's settings.
    """
    change = access_change(stack, portfolios, key, kind=kind, principal=principal, text=_as_committed)
    patch = "".join(patch_of(path.name, _as_committed(path), after) for path, after in change.files.items())
    branch = f"access-{key}-{change.account}"
    sys.stderr.write("".join(f"{line}\n" for line in (*change.said, *_next(branch, list(change.files), out))))
    if out:
        write_file(out, patch)
    else:
        sys.stdout.write(patch)
    return ExitCode.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChange:
    """The change that would give an account a portfolio.

    Attributes:
        account: The account's id.
        files: The settings that change, as they would be.
        said: Who decides, and what they want to know.
    """

    account: str
    files: Mapping[Path, str]
    said: Sequence[str]


def access_change(
    stack: str,
    portfolios: Sequence[IndexedPortfolio],
    key: str,
    *,
    kind: ShareType,
    principal: str,
    text: Callable[[Path], str] = Path.read_text,
) -> AccessChange:
    """Work out the change; nothing is written.

    Args:
        stack: The account's.
        portfolios: Those that there are.
        key: The one that the account does not have.
        kind: How it would be shared.
        principal: Who would launch from it in the account; empty for nobody else than now.
        text: Gives the settings that are changed.

    Raises:
        ConfigError: there is no such portfolio, no stack of the hub's publishes it, or the account has it already.
    """
    portfolio = _portfolio(portfolios, key)
    spoke = settings_of(SpokeSettings, stack)
    access = portfolio.access
    if not access.file:
        raise ConfigError(
            f"no stack of the hub's publishes {key}. Ask {access.decided_by} to publish it first.",
            code="portfolio-not-published",
            place="PORTFOLIO",
        )
    hub = StackFile(Path(access.file))
    settings = hub.settings(HubSettings)
    changes: dict[Path, str] = {}
    covered = _covered(settings, key, spoke.account_id)
    if covered is None:
        changes[hub.path] = _shared(hub, settings, key, spoke.account_id, kind, text)
    if principal:
        changes |= _granted(stack, spoke, key, principal, text)
    if not changes:
        raise ConfigError(
            f"the account {spoke.account_id} has {key} already, by the share with {covered}. What it may launch is "
            f"told by: model-catalog models list. Who may launch there: --principal",
            code="access-already",
            place=access.file,
        )
    said = (*_decider(portfolio), *_units(settings, key, covered))
    return AccessChange(account=spoke.account_id, files=changes, said=said)


def _portfolio(portfolios: Sequence[IndexedPortfolio], key: str) -> IndexedPortfolio:
    for each in portfolios:
        if each.key == key:
            return each
    raise ConfigError(
        f"invalid value {key!r}. The catalog's portfolios are: {', '.join(each.key for each in portfolios)}.",
        code="portfolio-unknown",
        place="PORTFOLIO",
    )


def _covered(settings: HubSettings, key: str, account: str) -> str | None:
    """Say by which share the account has the portfolio; None where none of the settings says that it does."""
    for share in settings.shares:
        if share.portfolio != key or share.revoking:
            continue
        if share.type == "ORGANIZATION":
            return share.target or "the organization"
        if share.target == account:
            return account
    return None


def _shared(
    hub: StackFile, settings: HubSettings, key: str, account: str, kind: ShareType, text: Callable[[Path], str]
) -> str:
    """Write the hub's settings with the share. Raises ConfigError where they could not have it."""
    beside = [share for share in settings.shares if share.portfolio == key]
    if any(share.revoking and share.target == account for share in beside):
        raise ConfigError(
            f"the share of {key} with {account} is about to end (revoking). Whoever decides takes that back: remove "
            f"the line revoking there.",
            code="share-is-ending",
            place=hub.path.name,
        )
    entry: dict[str, object] = {"portfolio": key, "type": kind, "target": account}
    if any(share.tag_options for share in beside):
        entry["tagOptions"] = True  # all shares of a portfolio are alike in it
    share = validate(ShareSetting, entry, where=hub.path.name, error=ConfigError)
    whole = {**settings.model_dump(by_alias=True), "shares": [*settings.shares, share]}
    _ = validate(HubSettings, whole, where=hub.path.name, error=ConfigError)
    return append(text(hub.path), _SHARES, entry, where=hub.path.name)


def _granted(
    stack: str, spoke: SpokeSettings, key: str, principal: str, text: Callable[[Path], str]
) -> dict[Path, str]:
    """Write the spoke's settings with the principal; nothing where it is there. Raises ConfigError."""
    path = Path(f"Pulumi.{stack}.yaml")
    if any(each.portfolio == key and each.arn == principal for each in spoke.principals):
        return {}
    entry: dict[str, object] = {"portfolio": key, "arn": principal}
    grants = [each.model_dump(by_alias=True, exclude_none=True) for each in spoke.principals]
    given = {**spoke.model_dump(by_alias=True, exclude={"launches", "principals"}), "principals": [*grants, entry]}
    _ = validate(SpokeSettings, given, where=path.name, error=ConfigError)
    return {path: append(text(path), _PRINCIPALS, entry, where=path.name)}


def _decider(portfolio: IndexedPortfolio) -> Iterator[str]:
    access = portfolio.access
    contact = f" ({access.contact})" if access.contact else ""
    yield f"{access.decided_by}{contact} decides on {portfolio.key}: {portfolio.name}."
    if access.note:
        yield access.note


def _units(settings: HubSettings, key: str, covered: str | None) -> Iterator[str]:
    """Name the units that have the portfolio: only AWS knows which accounts are in them."""
    units = [
        share.target or ""
        for share in settings.shares
        if share.portfolio == key and share.type == "ORGANIZATIONAL_UNIT" and covered is None
    ]
    if units:
        yield (
            f"It is shared with {' and '.join(units)}: an account that is in there has it, and needs no change. Who "
            f"has it: model-catalog hub shares"
        )


def _as_committed(path: Path) -> str:
    """Give a file as it is committed; as it is here where it is not yet."""
    found = committed(path)
    return path.read_text() if found is None else found


def _next(branch: str, files: Sequence[Path], out: Path | None) -> Iterator[str]:
    """Write the commands that commit the change and nothing else."""
    patch = out or Path(_PATCH)
    names = " ".join(path.name for path in files)
    changed = [path.name for path in files if path.read_text() != _as_committed(path)]
    new = [path.name for path in files if committed(path) is None]
    begin = f"git switch -c {branch}"
    if changed:
        yield f"The patch is of what is committed, and {' and '.join(changed)} has changes that are not."
        begin, patch = clean_checkout(branch), patch.absolute()
    add = f"git add {' '.join(new)} && " if new else ""
    written = "" if out else f"the same with --out {_PATCH}, then "
    yield f"Next: {written}{begin} && git apply {patch} && {add}git commit {names}, and open a pull request."
