"""A secret that a launch is given arrives in AWS, and in nothing that a run leaves behind."""

import base64
import gzip
import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.sandbox.accounts import MANAGEMENT
from tests.support.signing import ED25519
from tests.support.stage import HUB, PRODUCTION, RESEARCH, Stage

FILE = "Pulumi.spoke-research.yaml"
TEMPLATE = "hub/catalog/products/text-embedder-serverless/1.0.0.yaml"
FIRST, SECOND = 'Zw\u00f6lf "Raben" \\ am Zaun', 'Elf "St\u00f6rche" \\ im Rohr'
TOPIC = "arn:aws:sns:eu-central-1:333344445555:nobody-hears-of-this"
STORED = "Zehn Reiher & mehr 'im Schilf'"
SECRETS = (FIRST, SECOND, TOPIC)
LAUNCH = f"""\
    - name: embeddings
      product: text-embedder-serverless
      version: 1.0.0
      parameters:
        MaxConcurrency: 7
        ApiKey: '{FIRST}'
"""
SPOKE = """\
config:
  aws:region: eu-central-1
  model-catalog-spoke:accountId: "{account}"
  model-catalog-spoke:assumeRole: arn:aws:iam::{account}:role/OrganizationAccountAccessRole
  model-catalog-spoke:hub: {{accountId: "{hub}", contractKeys: [{key}]}}
  model-catalog-spoke:launches: []
"""


@pytest.fixture(scope="module")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A hub with a template that hides a parameter, and tells it in an output all the same."""
    with Stage(tmp_path_factory.mktemp("secrets") / "rehearsal") as stage:
        before = hashlib.sha256((stage.project / TEMPLATE).read_bytes()).hexdigest()
        _ = stage.edit(TEMPLATE, "Parameters:\n  Model", "Parameters:\n  ApiKey: {Type: String, NoEcho: true}\n  Model")
        _ = stage.edit(TEMPLATE, "          HF_TASK:", "          API_KEY: !Ref ApiKey\n          HF_TASK:")
        _ = stage.edit(TEMPLATE, "Outputs:\n", "Outputs:\n  Echo: {Value: !Ref ApiKey}\n")
        after = hashlib.sha256((stage.project / TEMPLATE).read_bytes()).hexdigest()
        _ = stage.edit("hub/catalog/templates.lock", before, after)
        path = stage.project / FILE
        _ = path.write_text(path.read_text().partition("    - name:")[0] + LAUNCH)
        _ = stage.edit("fleet.yaml", (stage.project / "fleet.yaml").read_text(), "{}")
        (stage.project / "Pulumi.spoke-production.yaml").unlink()
        for stack in ("organization", "hub"):
            _ = stage.up(stack)
        yield stage


def test_a_stack_is_made_with_the_key_that_the_settings_name_and_nobody_types_it(keeping: Stage) -> None:
    key = keeping.client("kms", MANAGEMENT).create_key()["KeyMetadata"]["Arn"]
    provider = f"awskms:///{key}?region=eu-central-1"
    hub = keeping.project / "Pulumi.hub.yaml"
    before = hub.read_text()
    _ = hub.write_text(f"secretsprovider: {provider}\n{before}")
    written = keeping.run("model-catalog", "spoke", "new", "keyed", PRODUCTION, "--beside")
    _ = hub.write_text(before)
    settings = keeping.project / "Pulumi.spoke-keyed.yaml"

    done = keeping.run("model-catalog", "stack", "preview", "spoke-keyed")

    assert 0 == written.returncode, written.stdout
    assert f"secretsprovider: {provider}\n" in settings.read_text(), done.stdout
    assert "\nencryptedkey: " in settings.read_text(), done.stdout
    assert "encryptionsalt" not in settings.read_text()
    settings.unlink()


def test_nothing_that_a_run_leaves_behind_has_the_secret(keeping: Stage) -> None:
    printed: list[str] = []

    def run(*command: str, code: int = 0) -> str:
        done = keeping.run(*command)
        assert done.returncode == code, done.stdout
        printed.append(done.stdout)
        return done.stdout

    refused = run("make", "preview-spoke-research", code=2)
    _set(keeping, _command_in(refused), FIRST)
    _set(keeping, _command_in(refused).replace("ApiKey", "AlarmTopicArn"), TOPIC)
    assert "will be launched" in run("model-catalog", "stack", "plan", "spoke-research", code=1)
    assert "changed" in run("python", "-m", "fleet", "plan")
    assert "1 succeeded" in run("python", "-m", "fleet", "up")
    assert _arrived(keeping) == [FIRST]
    unchanged = run("python", "-m", "fleet", "plan")
    drift = run("python", "-m", "fleet", "drift")
    _set(keeping, _command_in(refused), SECOND)
    changed = run("python", "-m", "fleet", "plan")
    planned = run("model-catalog", "stack", "plan", "spoke-research")
    run("model-catalog", "stack", "adopt", "spoke-research")
    run("make", "preview-spoke-research")
    keeping.faults(
        {
            "operation": "servicecatalog:UpdateProvisionedProduct",
            "error": "InvalidParametersException",
            "status": 400,
            "message": "not now",
        }
    )
    run("model-catalog", "stack", "up", "spoke-research", "--skip-preview", code=3)
    keeping.faults()
    run("model-catalog", "stack", "up", "spoke-research", "--skip-preview")
    assert _arrived(keeping) == [SECOND]
    run("model-catalog", "stack", "refresh", "spoke-research", "--yes", "--skip-preview")
    run("model-catalog", "fleet", "status")
    run("model-catalog", "fleet", "history", "--bundle", "bundle.zip")
    run("pulumi", "-C", "spoke", "-s", "spoke-research", "stack", "output", "--json")
    run("pulumi", "-C", "spoke", "-s", "spoke-research", "stack", "export")

    assert "the settings of embeddings changed" not in unchanged
    assert "0 of 1 compared spokes drifted" in drift
    assert "the settings of embeddings changed" in changed
    assert "ApiKey (hidden)" in planned
    folder = keeping.project.parent
    left = _left(folder)
    assert any(path.name.endswith(".json.bak") for path in left)
    found = {str(path.relative_to(folder)) for path in left if _tells(path.read_bytes())}
    assert set() == found
    assert [] == [text for text in printed if _tells(text.encode())]


def test_a_stored_secret_and_what_another_launch_tells_of_it_arrive_and_nothing_else_has_them(keeping: Stage) -> None:
    """The second launch takes an output of the first one, and is launched after it."""
    keeping.client("ssm", PRODUCTION).put_parameter(Name="/catalog/key", Value=STORED, Type="SecureString")
    launches = [_takes("second", launch="first", output="Echo"), _takes("first", ssm="/catalog/key")]
    entry = {"name": "both", "for": {"accounts": [PRODUCTION]}, "launches": launches}
    spoke, file = keeping.project / "Pulumi.spoke-production.yaml", keeping.project / "launches.yaml"
    spoke.write_text(re.sub(r"\n.*:hub:.*", "", SPOKE.format(account=PRODUCTION, hub=HUB, key="")))
    file.write_text(json.dumps({"entries": [entry]}))
    try:
        printed = [
            keeping.run("python", "-m", "fleet", "plan", "--why", "production").stdout,
            keeping.succeed("preview-spoke-production"),
            keeping.up("spoke-production"),
            keeping.run("python", "-m", "fleet", "plan", "--why", "production").stdout,
            keeping.run("model-catalog", "stack", "plan", "spoke-production").stdout,
            keeping.run("python", "-m", "fleet", "drift", "--only", "production").stdout,
        ]
        telling = [str(path) for path in _left(keeping.project.parent) if _tells(path.read_bytes(), of=STORED)]
    finally:
        file.unlink()
        spoke.unlink()

    assert [STORED, STORED] == _arrived(keeping, PRODUCTION)
    assert "spoke-production: unchanged" in printed[3]
    assert "2 stays as it is" in printed[4]
    assert "0 of 1 compared spokes drifted" in printed[5]
    assert [] == telling
    assert [] == [text for text in printed if _tells(text.encode(), of=STORED)]


def test_a_signed_contract_stays_signed_and_a_spoke_with_another_key_refuses_it(keeping: Stage) -> None:
    """ECDSA signs otherwise each time, so the signature is kept; KMS is the sandbox's."""
    kms = keeping.client("kms", HUB)
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    public = base64.b64encode(kms.get_public_key(KeyId=key)["PublicKey"]).decode()
    undo = keeping.edit(
        "Pulumi.hub.yaml",
        "  model-catalog-hub:shares:",
        f"  model-catalog-hub:signing: {{publicKey: {public}, kmsKey: '{key}'}}\n  model-catalog-hub:shares:",
    )
    spoke = keeping.project / "Pulumi.spoke-production.yaml"

    def read_by_a_spoke(asked: str) -> str:
        spoke.write_text(SPOKE.format(account=PRODUCTION, hub=HUB, key=asked))
        return keeping.run("make", "preview-spoke-production").stdout

    try:
        _ = keeping.up("hub")
        first = keeping.outputs("hub")["catalog"]
        again = keeping.succeed("preview-hub", "FLAGS=--expect-no-changes")
        _ = keeping.up("hub")
        taken, refused = read_by_a_spoke(public), read_by_a_spoke(ED25519.public)
        second = keeping.outputs("hub")["catalog"]
    finally:
        undo()
        spoke.unlink()

    assert first["signature"]["value"]
    assert first == second
    assert "unchanged" in again
    assert "is not signed with a key of hub.contractKeys" in " ".join(refused.split())
    assert "not signed" not in taken
    assert "contract 1.4 of organization/model-catalog-hub/hub" in taken


def _left(folder: Path) -> list[Path]:
    """List what runs have left behind."""
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and _is_ours(path, folder)]


def _is_ours(path: Path, folder: Path) -> bool:
    """The sandbox's own log is AWS's, where the value has to arrive; the tools and libraries are not of the run."""
    parts = path.relative_to(folder).parts
    return path.name != "sandbox.log" and not {".venv", ".tools", "plugins"} & set(parts)


def _forms(secret: str) -> Iterator[bytes]:
    plain = secret.encode()
    yield plain
    for offset in range(3):
        yield base64.b64encode(bytes(offset) + plain)[4 if offset else 0 : -4]
    for text in (json.dumps(secret), json.dumps(secret, ensure_ascii=False)):
        yield text[1:-1].encode()
        yield json.dumps(text)[1:-1].encode()


FORMS = {secret: list(_forms(secret)) for secret in (*SECRETS, STORED)}


def _tells(content: bytes, of: str = "") -> bool:
    """Say whether something tells a secret, or any of those that the first test gives."""
    opened = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    return any(form in opened for secret in ([of] if of else SECRETS) for form in FORMS[secret])


def _command_in(text: str) -> str:
    """Give the command that a refusal names."""
    found = re.search(r"pulumi -C spoke -s spoke-research config set --secret --path '[^']+'", " ".join(text.split()))
    assert found, text
    return found[0]


def _set(stage: Stage, command: str, value: str) -> None:
    """Set a secret as a person would, by the command alone: Pulumi reads the value from its input."""
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=stage.project,
        env=stage.environment(),
        input=value.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _arrived(stage: Stage, account: str = RESEARCH) -> list[str]:
    client = stage.client("sagemaker", account)
    names = [model["ModelName"] for model in client.list_models()["Models"]]
    found = [client.describe_model(ModelName=name)["PrimaryContainer"] for name in names]
    return [each["Environment"]["API_KEY"] for each in found]


def _takes(name: str, **source: str) -> dict[str, Any]:
    """Give a launch that takes its hidden parameter from elsewhere."""
    return {"name": name, "product": "text-embedder-serverless", "version": "1.0.0", "parameters": {"ApiKey": source}}
