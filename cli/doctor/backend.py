"""The state: where it is, whether it can be read, and with what its secrets open."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import yaml

from cli.stacks import engine
from fleet.errors import EngineError
from fleet.reach import refuse_silent_backend
from fleet.store.storage import Storage, StorageError, backend_url, error_text, folder_of, is_cloud
from shared.aws.endpoints import named_endpoints
from shared.aws.preflight import Check, Finding, failed, warning
from shared.aws.reach import is_loopback, without_secrets
from shared.errors import CatalogError
from shared.stack.names import CATALOG_OUTPUT

_STACK: Final = "pulumi:pulumi:Stack"
_META: Final = ".pulumi/meta.yaml"
_PASSPHRASE: Final = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105 - the variable's name
_FILE: Final = f"{_PASSPHRASE}_FILE"
_MAKE: Final = "model-catalog organization state BUCKET"
_POLICIES: Final = "docs/iam/state-hub.json, state-spoke.json, state-fleet.json"


def backend() -> list[Check]:
    """List the checks of the backend."""

    def place() -> Iterator[Finding]:
        """The backend."""
        try:
            url = backend_url()
            refuse_silent_backend(url)
        except CatalogError as problem:
            yield failed("backend", str(problem))
            return
        shown = without_secrets(url) if is_cloud(url) else url
        if is_cloud(url):
            yield _cloud(shown)
        elif folder_of(url):
            rehearsed = any(is_loopback(each.url) for each in named_endpoints())
            alone = "a folder of this machine: nobody else has these states. For a team: {_MAKE}"
            yield Finding("backend", f"{shown}, a folder") if rehearsed else warning("backend", f"{shown}, {alone}")
        else:
            yield _bucket(url)

    return [place]


def secrets(stacks: Sequence[str]) -> list[Check]:
    """List the checks of what the stacks' secrets are opened with."""

    def providers() -> Iterator[Finding]:
        """Secrets providers."""
        by_provider: dict[str, list[str]] = {}
        for stack in stacks:
            by_provider.setdefault(_provider(Path(f"Pulumi.{stack}.yaml")), []).append(stack)
        for provider, theirs in sorted(by_provider.items()):
            yield _opened(provider, theirs)

    return [providers]


def hubs(names: Iterable[str], *, needed: bool) -> list[Check]:
    """List the checks of whether the hub's stacks can be read, as every spoke has to."""

    def readable() -> Iterator[Finding]:
        """The hub's stacks."""
        for name in sorted(set(names)):
            yield _hub(name, needed=needed)

    return [readable]


def _cloud(url: str) -> Finding:
    try:
        _ = engine().listed("hub")
    except EngineError as problem:
        return failed("backend", f"{url}: {problem}. Sign in: pulumi login {url}")
    return Finding("backend", f"{url}, Pulumi Cloud or a service like it")


def _bucket(url: str) -> Finding:
    try:
        found = Storage(url).read(_META)
    except CatalogError as problem:
        return failed("backend", str(problem))
    except StorageError as problem:
        return failed(
            "backend",
            f"{url} cannot be read: {error_text(problem)}. Make the bucket ({_MAKE}), or let these credentials at it "
            f"({_POLICIES}, and the bucket's own policy where it is another account's: docs/iam/state-bucket.json)",
        )
    if found is None:
        return warning(
            "backend",
            f"{url} has no {_META} yet. Whoever makes the first stack writes it, and has to be allowed to: "
            f"docs/iam/state-first.json, or {_MAKE}",
        )
    return Finding("backend", f"{url}, a bucket")


def _provider(file: Path) -> str:
    """Say what a stack's secrets are opened with: an address, `passphrase`, or `service` of Pulumi Cloud."""
    try:
        content: Any = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError):
        content = {}
    settings: Mapping[str, Any] = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    if named := str(settings.get("secretsprovider") or ""):
        return named
    try:
        in_cloud = is_cloud(backend_url())
    except CatalogError:
        in_cloud = False
    return "service" if in_cloud and not settings.get("encryptionsalt") else "passphrase"


def _opened(provider: str, stacks: Sequence[str]) -> Finding:
    subject = f"secrets of {stacks[0]}" + (f" and {len(stacks) - 1} more" if len(stacks) > 1 else "")
    if provider == "service":
        return Finding(subject, "kept by the backend")
    if provider != "passphrase":
        return Finding(
            subject, f"{provider}; these credentials need kms:Decrypt on it, and so do all that read its outputs"
        )
    return _passphrase(subject)


def _passphrase(subject: str) -> Finding:
    if file := os.environ.get(_FILE):
        try:
            there = bool(Path(file).expanduser().read_text().strip())
        except (OSError, ValueError) as problem:
            return failed(subject, f"{_FILE} names {file}, which cannot be read ({problem}). Correct it")
        return Finding(subject, f"a passphrase, in {file}") if there else failed(subject, f"{file} is empty. Write it")
    if (given := os.environ.get(_PASSPHRASE)) is not None:
        if given:
            return Finding(subject, "a passphrase, in the environment")
        # Pulumi takes it for a passphrase, and opens with it what was closed with it (seen with 3.250).
        return warning(subject, f"{_PASSPHRASE} is empty: whoever can read the state reads its secrets")
    return failed(
        subject,
        f"no passphrase is set, and no other provider. Set {_FILE} to a file that holds one for all stacks, or make "
        f"each stack with a key of KMS, by the line that {_MAKE} prints (docs/first-day.md)",
    )


def _hub(name: str, *, needed: bool) -> Finding:
    """Read a hub's stack as a stack reference does, which opens its secrets first, although it has none to tell."""
    subject = f"stack {name}"
    try:
        exported = engine().exported("hub", name, decrypted=True)
    except EngineError as problem:
        text = str(problem)
        if "no stack named" in text:
            remedy = f"model-catalog stack up {name.rpartition('/')[2]}"
            return (
                failed(subject, f"was never deployed. Deploy it: {remedy}")
                if needed
                else Finding(subject, f"not deployed yet: {remedy}")
            )
        return failed(
            subject,
            f"cannot be read, and no spoke can run then: {text}. A stack reference opens the hub's secrets first: give "
            f"these credentials the hub's passphrase, or kms:Decrypt on its key (docs/iam/state-key.json)",
        )
    resources = cast("list[dict[str, Any]]", exported.get("deployment", {}).get("resources") or [])
    if not any(CATALOG_OUTPUT in (each.get("outputs") or {}) for each in resources if each.get("type") == _STACK):
        return failed(subject, f"has no output `catalog`. Deploy it: model-catalog stack up {name.rpartition('/')[2]}")
    return Finding(subject, "can be read, and publishes a catalog")
