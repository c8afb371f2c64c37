"""What a program refuses by its own state, for whoever runs Pulumi by hand."""

import gzip
import json
from pathlib import Path
from typing import Any

import pulumi
import pytest

from shared.errors import ConfigError, StackStateError
from shared.stack.own_state import LOOKED, accounts_of, refuse_half_done
from tests.support.fake_account import always, heard
from tests.support.refused import refused
from tests.support.sandbox.accounts import MANAGEMENT
from tests.support.sandbox.process import Sandbox

ROLE = {"urn": "urn:pulumi:hub::p::aws:iam/role:Role::launch", "type": "aws:iam/role:Role", "custom": True}
PENDING = {"type": "creating", "resource": ROLE}
PROVIDER = {
    "urn": "urn:provider",
    "type": "pulumi:providers:aws",
    "custom": True,
    "inputs": {"allowedAccountIds": '["222233334444"]'},
}
STACK = {"urn": "urn:stack", "type": "pulumi:pulumi:Stack", "custom": False}


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a backend, for a hub whose settings name an account."""
    monkeypatch.delenv(LOOKED, raising=False)
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    monkeypatch.setattr(pulumi, "get_project", always("model-catalog-hub"))
    monkeypatch.setattr(pulumi, "get_stack", always("hub"))
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", always(answer=False))
    settle_on("222233334444", monkeypatch)
    (tmp_path / ".pulumi" / "stacks" / "model-catalog-hub").mkdir(parents=True)
    return tmp_path


def settle_on(account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the settings name an account."""

    def get(_: pulumi.Config, key: str) -> str:
        assert "accountId" == key
        return account

    monkeypatch.setattr(pulumi.Config, "get", get)


def state(*resources: object, pending: list[Any] | None = None) -> bytes:
    """Write a state."""
    latest = {"resources": list(resources), "pending_operations": pending or []}
    return json.dumps({"version": 3, "checkpoint": {"latest": latest}}).encode()


def write(backend: Path, content: bytes, ending: str = ".json") -> None:
    """Put it where Pulumi has it."""
    _ = (backend / ".pulumi" / "stacks" / "model-catalog-hub" / f"hub{ending}").write_bytes(content)


@pytest.mark.parametrize(("ending", "pack"), [(".json", bytes), (".json.gz", gzip.compress)])
def test_an_update_is_refused_while_something_is_pending(backend: Path, ending: str, pack: Any) -> None:  # noqa: ANN401 - a function
    write(backend, pack(state(PROVIDER, ROLE, pending=[PENDING] * 5)), ending)

    with refused(StackStateError, "operations-pending", "hub") as found:
        refuse_half_done()
    assert "(creating launch, creating launch, creating launch and 2 more)" in str(found.value)
    assert "model-catalog stack recover hub" in str(found.value)


def test_a_preview_only_warns(backend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(backend, state(PROVIDER, ROLE, pending=[PENDING]))
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", always(answer=True))
    lines = heard(monkeypatch)

    refuse_half_done()

    [line] = lines
    assert line.startswith("warning: hub: a run died in the middle (creating launch)")


@pytest.mark.parametrize(
    "resource",
    [STACK, {**PROVIDER}, {**ROLE, "type": "pulumi:pulumi:StackReference"}],
    ids=["stack", "provider", "hub"],
)
def test_what_is_nothing_in_the_account_does_not_count(backend: Path, resource: dict[str, Any]) -> None:
    """The run itself has begun with some of these by the time that its program looks."""
    write(backend, state(PROVIDER, ROLE, pending=[{"type": "creating", "resource": resource}]))

    refuse_half_done()


def test_another_account_is_refused_in_a_preview_too(backend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(backend, state(PROVIDER, ROLE))
    settle_on("999988887777", monkeypatch)
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", always(answer=True))

    with refused(ConfigError, "account-of-another-deployment", "Pulumi.hub.yaml: accountId"):
        refuse_half_done()


def test_whoever_has_looked_says_so(backend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(backend, state(PROVIDER, ROLE, pending=[PENDING]))
    monkeypatch.setenv(LOOKED, "true")

    refuse_half_done()


@pytest.mark.parametrize("url", ["", "gs://bucket", "azblob://box", "https://api.pulumi.com", "s3://no-such-bucket-0"])
def test_a_backend_that_cannot_be_looked_into_stops_nobody(
    backend: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(backend))
    monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")

    refuse_half_done()


def test_the_backend_that_pulumi_is_logged_in_to_is_looked_into(backend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_BACKEND_URL")
    monkeypatch.setenv("PULUMI_HOME", str(backend))
    _ = (backend / "credentials.json").write_text(json.dumps({"current": backend.as_uri()}))
    write(backend, state(PROVIDER, ROLE, pending=[PENDING]))

    with refused(StackStateError, "operations-pending", "hub"):
        refuse_half_done()


@pytest.mark.parametrize("folder", ["", "/some/folder"])
@pytest.mark.usefixtures("backend")
def test_a_bucket_is_looked_into(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    s3, bucket = sandbox.client("s3", MANAGEMENT), f"states{folder.replace('/', '-')}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    key = f"{folder}/.pulumi/stacks/model-catalog-hub/hub.json".lstrip("/")
    s3.put_object(Bucket=bucket, Key=key, Body=state(PROVIDER, ROLE, pending=[PENDING]))
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"s3://{bucket}{folder}?region=eu-central-1")

    with refused(StackStateError, "operations-pending", "hub"):
        refuse_half_done()


@pytest.mark.parametrize("content", [b"", b"{}", b"[", b'{"checkpoint": {"latest": null}}'])
def test_a_state_that_the_engine_takes_for_empty_stops_nobody(backend: Path, content: bytes) -> None:
    write(backend, content)

    refuse_half_done()


def test_the_accounts_of_a_state_are_those_of_its_provider_once_something_was_made() -> None:
    listed = {**PROVIDER, "inputs": {"allowedAccountIds": ["222233334444", "111122223333"]}}

    assert () == accounts_of({})
    assert () == accounts_of({"resources": [PROVIDER, STACK]})
    assert ("222233334444",) == accounts_of({"resources": [PROVIDER, ROLE]})
    assert ("111122223333", "222233334444") == accounts_of({"resources": [listed, ROLE]})
