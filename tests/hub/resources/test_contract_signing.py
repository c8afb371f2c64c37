"""The hub signs its contract, and signs it again only when its content changes."""

import base64
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from hub.config import HubSettings, SigningSetting
from hub.program import run
from hub.resources import contract_signing
from hub.resources.contract_signing import KEY, KEY_FILE, KmsSigner, with_signature
from shared.catalog import contract
from shared.catalog.signature import kms_algorithm, sign_with
from shared.catalog.trust import Trust, admit
from shared.errors import ConfigError, ContractError
from tests.support.fake_account import always
from tests.support.hub_stack import SETTINGS, as_settings, pretend_aws
from tests.support.hub_stack import all_approved as approved
from tests.support.recorder import recording
from tests.support.refused import refused
from tests.support.signing import ED25519, OTHER, P256, P384, Pair

OWN = "organization/model-catalog-hub/hub"
KMS = "arn:aws:kms:eu-central-1:222233334444:key/1234abcd-12ab-34cd-56ef-1234567890ab"
Deployed = Callable[..., dict[str, Any]]


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch, first_products: Path) -> Deployed:
    """Deploy a hub that signs, after a run that published something, and give what it publishes."""
    monkeypatch.chdir(first_products)

    def deployed(pair: Pair, before: object = None, *, preview: bool = False, **changed: object) -> dict[str, Any]:
        settings = {**SETTINGS, "signing": {"publicKey": pair.public}, **changed}
        with approved(), recording("model-catalog-hub", "hub", as_settings(settings), preview=preview) as mocks:
            pretend_aws(mocks)
            mocks.stacks[OWN] = {"catalog": before} if before else {}
            mocks.deploy(run)
            return mocks.exports["catalog"]

    return deployed


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Pair], None]:
    """Give a way to have a private key at hand."""
    path = tmp_path / "key.pem"
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.setenv(KEY_FILE, str(path))

    def write(pair: Pair) -> None:
        path.write_bytes(pair.pem)

    return write


@pytest.mark.parametrize("pair", [ED25519, P256])
def test_what_the_hub_signs_a_spoke_takes_and_the_signature_stays_while_the_content_does(
    deployed: Deployed, key_file: Callable[[Pair], None], pair: Pair
) -> None:
    key_file(pair)
    trust = Trust(where="x", project="model-catalog-hub", account="222233334444", keys=(pair.public,))

    first = deployed(pair)
    again = deployed(pair, first)
    shorter = deployed(pair, first, shares=[])

    assert first == again
    assert first["signature"] != shorter["signature"]
    for document in (first, again, shorter):
        assert admit([trust], document, "hub").signature
    assert "PRIVATE KEY" not in str(first)


def test_a_preview_signs_nothing_and_needs_no_key(deployed: Deployed, key_file: Callable[[Pair], None]) -> None:
    key_file(ED25519)
    first = deployed(ED25519)
    Path("key.pem").unlink(missing_ok=True)

    document = contract.publish("222233334444", {})
    assert with_signature(document, first, setting(ED25519), None)["signature"]["value"] == ""


def test_a_contract_of_before_some_day_is_signed_anew(deployed: Deployed, key_file: Callable[[Pair], None]) -> None:
    key_file(ED25519)
    first = deployed(ED25519)
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).date().isoformat()

    renewed = deployed(ED25519, first, signing={"publicKey": ED25519.public, "since": tomorrow})

    assert first["signature"]["issued"] < renewed["signature"]["issued"]


def test_another_key_than_spokes_know_is_refused_before_anything_is_made(
    deployed: Deployed, key_file: Callable[[Pair], None]
) -> None:
    key_file(OTHER)

    with refused(ConfigError, "signing-key-of-another", "signing"):
        deployed(ED25519)


def test_a_key_that_is_not_there_is_told_with_where_to_put_it(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (KEY_FILE, KEY):
        monkeypatch.setenv(name, "/nowhere/x")
        with refused(ConfigError, "signing-key-out-of-reach", "signing") as found:
            deployed(ED25519)
        assert KEY_FILE in str(found.value)
        monkeypatch.delenv(name)
    with refused(ConfigError, "signing-key-out-of-reach", "signing"):
        deployed(ED25519)


def test_the_key_itself_may_be_in_the_environment(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_FILE)
    monkeypatch.setenv(KEY, ED25519.pem.decode())

    assert deployed(ED25519)["signature"]["value"]


class FakeKms:
    """A key in KMS."""

    def __init__(self, pair: Pair, problem: str = "") -> None:
        self._pair = pair
        self._problem = problem
        self.asked: list[Mapping[str, Any]] = []

    def get_public_key(self, **asked: Any) -> dict[str, bytes]:  # noqa: ANN401 - as boto3
        """Give the public key."""
        assert KMS == asked["KeyId"]
        if self._problem == "get_public_key":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetPublicKey")
        return {"PublicKey": base64.b64decode(self._pair.public)}

    def sign(self, **asked: Any) -> dict[str, bytes]:  # noqa: ANN401 - as boto3
        """Sign."""
        self.asked.append(asked)
        if self._problem == "sign":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Sign")
        return {"Signature": sign_with(self._pair.private, asked["Message"])}


@pytest.mark.parametrize(
    ("pair", "algorithm"), [(P256, "ECDSA_SHA_256"), (P384, "ECDSA_SHA_384"), (ED25519, "ED25519_SHA_512")]
)
def test_kms_signs_a_text_that_is_short_enough_for_it(
    monkeypatch: pytest.MonkeyPatch, pair: Pair, algorithm: str
) -> None:
    kms = signer(monkeypatch, FakeKms(pair), pair)
    document = contract.publish("222233334444", {})

    signed = with_signature(document, None, setting(pair), kms)

    [asked] = kms._kms.asked
    assert (algorithm, "RAW", KMS) == (asked["SigningAlgorithm"], asked["MessageType"], asked["KeyId"])
    assert len(asked["Message"]) < 4096
    assert admit([Trust(where="x", project="x", keys=(pair.public,))], signed, "hub")
    assert algorithm == kms_algorithm(pair.public)


@pytest.mark.parametrize(
    ("pair", "problem", "code"),
    [(P256, "get_public_key", "signing-key-out-of-reach"), (OTHER, "", "signing-key-of-another")],
)
def test_a_key_of_kms_that_cannot_be_used_is_refused_beforehand(
    monkeypatch: pytest.MonkeyPatch, pair: Pair, problem: str, code: str
) -> None:
    with refused(ConfigError, code, "signing.kmsKey"):
        signer(monkeypatch, FakeKms(pair, problem), P256)


def test_kms_that_does_not_sign_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    kms = signer(monkeypatch, FakeKms(P256, "sign"), P256)

    with refused(ContractError, "contract-not-signable", "signing.kmsKey"):
        kms.sign(b"x")


def setting(pair: Pair) -> SigningSetting:
    """Sign with a key of KMS."""
    return SigningSetting.model_validate({"publicKey": pair.public, "kmsKey": KMS})


def signer(monkeypatch: pytest.MonkeyPatch, kms: FakeKms, known: Pair) -> Any:  # noqa: ANN401 - with its insides
    """Give a signer whose account has this key."""
    session = mock.Mock()
    session.client.return_value = kms
    monkeypatch.setattr(contract_signing, "AccountSession", always(session))
    settings = HubSettings.model_validate({**SETTINGS, "aws:region": "eu-central-1"})
    return KmsSigner(settings, setting(known), where="Pulumi.hub.yaml")


def test_an_unsigned_hub_reads_nothing_of_its_own(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(request.config.rootpath / "hub")
    with approved(), recording("model-catalog-hub", "hub", as_settings(SETTINGS)) as mocks:
        pretend_aws(mocks)
        mocks.deploy(run)
        assert "signature" not in mocks.exports["catalog"]
        assert not [each for each in mocks.resources if each.type == "pulumi:pulumi:StackReference"]
