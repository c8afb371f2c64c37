"""What the hub offers is what the registry approved, or the run is refused before anything is made."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pulumi
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from hub.config import HubSettings
from hub.definitions.load import read_catalog
from hub.definitions.model import Catalog
from hub.definitions.schema import VersionEntry
from hub.inspection.registry import gate, published
from hub.inspection.registry.gate import approved, ask_registry, session_for
from hub.inspection.registry.published import VersionName, published_versions
from hub.inspection.registry.questions import Asked
from shared.errors import PreflightError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.fake_account import FakeAccount, always, heard
from tests.support.refused import refused
from tests.support.registry import BUCKET, PACKAGES
from tests.support.sandbox.accounts import HUB, RESEARCH

FRAUD, FORECAST, TEXT = "fraud-detector-realtime", "demand-forecaster-batch", "text-embedder-serverless"
DETECTOR = "Fraud detector, real-time endpoint"
REASON = "approval withdrawn in the registry on 2026-10-20 by ana: Recall fell on new card types."
Pass = Callable[..., Catalog]


def described(archive: str, status: str = "Approved", *, etag: str = "", **more: object) -> dict[str, Any]:
    """Describe a package as SageMaker does."""
    url = f"s3://{BUCKET}/{archive}" + ("" if archive.endswith("/") else "/model.tar.gz")
    containers = [{"ModelDataUrl": url, **({"ModelDataETag": etag} if etag else {})}]
    return {"ModelApprovalStatus": status, "InferenceSpecification": {"Containers": containers}, **more}


WITHDRAWN = described(
    "fraud-detector/2026-10-06",
    "Rejected",
    LastModifiedTime=dt.datetime(2026, 10, 20, 8, tzinfo=dt.UTC),
    LastModifiedBy={"IamIdentity": {"Arn": f"arn:aws:sts::{HUB}:assumed-role/Reviewer/ana"}},
    ApprovalDescription="Recall fell on\nnew card types.",
)
MISSING = ClientError({"Error": {"Code": "ValidationException", "Message": "It does not exist."}}, "Describe")
SILENT = EndpointConnectionError(endpoint_url="https://api.sagemaker.eu-central-1.amazonaws.com/")


def archive_of(entry: VersionEntry) -> str:
    """Give the folder of a version's archive in the registry's bucket."""
    return entry.artifacts.model_data.removeprefix(f"s3://{BUCKET}/").removesuffix("/model.tar.gz")


def settings(**registry: str) -> HubSettings:
    """Give a hub's settings."""
    return HubSettings.model_validate({"accountId": HUB, "aws:region": "eu-central-1", "registry": registry})


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch, catalog_copy: CatalogCopy) -> Pass:
    """Give a function that lets the catalog through the gate, with these answers for some packages."""

    def through(
        answers: Mapping[str, Any] | None = None, there: Mapping[VersionName, str] | None = None, **registry: str
    ) -> Catalog:
        catalog = read_catalog(catalog_copy.folder, DAY)
        given: dict[str, Any] = {
            version.entry.model_package: described(archive_of(version.entry))
            for product in catalog.products
            for version in product.versions
        }
        given |= {f"{PACKAGES}/{name}": answer for name, answer in (answers or {}).items()}

        def asked(packages: Iterable[str], _session_of: object) -> Asked:
            return lambda: {package: given[package] for package in packages}

        monkeypatch.setattr(gate, "begin_to_ask", asked)
        monkeypatch.setattr(gate, "published_versions", always(there or {}))
        return through_the_gate(settings(**registry), catalog)

    return through


def through_the_gate(settings: HubSettings, catalog: Catalog) -> Catalog:
    """Ask, and judge by the answers."""
    return approved(settings, catalog, ask_registry(settings, catalog), where="Pulumi.hub.yaml")


def states(catalog: Catalog) -> dict[tuple[str, str], str]:
    """Give the state of each version."""
    return {
        (product.file.key, version.entry.version): version.state
        for product in catalog.products
        for version in product.versions
    }


def test_what_is_approved_passes_as_it_is(
    passing: Pass, monkeypatch: pytest.MonkeyPatch, catalog_copy: CatalogCopy
) -> None:
    said = heard(monkeypatch)
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)

    passed = passing()

    count = len(states(passed))
    assert read_catalog(catalog_copy.folder, DAY) == passed
    assert [f"preflight: model registry: {count} of {count} active versions are Approved"] == said


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (described("fraud-detector/2026-10-06", "Rejected"), "package-not-approved"),
        (described("fraud-detector/2026-10-06", "PendingManualApproval"), "package-not-approved"),
        (MISSING, "package-missing"),
        (described("fraud-detector/2026-11-16"), "archive-not-approved"),
        (described("fraud-detector/2026-10-06", etag="0" * 32), "archive-not-approved"),
    ],
)
def test_a_version_that_is_not_what_the_registry_approved_is_refused(passing: Pass, answer: object, code: str) -> None:
    with refused(PreflightError, code, f"products/{FRAUD}/product.yaml: version 1.1.0") as found:
        passing({"fraud-detector/2": answer})

    assert "Nothing was changed." in str(found.value)


def test_all_that_is_wrong_is_refused_at_once(passing: Pass) -> None:
    wrong = {"fraud-detector/2": WITHDRAWN, "text-embedder/1": MISSING, "demand-forecaster/1": SILENT}

    with refused(PreflightError, "several-mistakes") as found:
        passing(wrong)

    said = str(found.value).splitlines()
    assert "3 refusals." == said[0]
    for line in (
        f"{FRAUD}/product.yaml: version 1.1.0: {PACKAGES}/fraud-detector/2 is Rejected in the registry",
        f"{TEXT}/product.yaml: version 1.0.0: {PACKAGES}/text-embedder/1 is not in the registry",
        f"registry: the model registry of {HUB} in eu-central-1 cannot be asked for {FORECAST} 1.0.0: Could not",
    ):
        assert [each for each in said if line in each]


def test_a_version_that_is_not_active_is_not_asked_for(passing: Pass, catalog_copy: CatalogCopy) -> None:
    catalog_copy.end(FRAUD, "1.1.0", state="deprecated")

    assert "deprecated" == states(passing({"fraud-detector/2": MISSING}))[FRAUD, "1.1.0"]


@pytest.mark.parametrize("guidance", ["DEFAULT", "DEPRECATED"])
def test_a_published_version_whose_approval_is_withdrawn_is_deprecated_and_says_why(
    passing: Pass, monkeypatch: pytest.MonkeyPatch, guidance: str
) -> None:
    said = heard(monkeypatch)

    catalog = passing({"fraud-detector/2": WITHDRAWN}, {(DETECTOR, "1.1.0"): guidance})

    [entry] = [
        version.entry for product in catalog.products for version in product.versions if version.state == "deprecated"
    ]
    assert "1.1.0" == entry.version
    assert entry.lifecycle
    assert (REASON, dt.date(2026, 10, 20)) == (entry.lifecycle.reason, entry.lifecycle.deprecated_on)
    [warned] = said
    assert f"warning: {FRAUD} 1.1.0: {REASON} It is deprecated in this run: no new launches." in warned
    assert f"model-catalog fleet status --product {FRAUD} --version 1.1.0" in warned


def test_what_was_planned_for_its_end_stays(passing: Pass, catalog_copy: CatalogCopy) -> None:
    catalog_copy.end(FRAUD, "1.0.0", deprecated_on=dt.date(2026, 12, 1), retires_on=dt.date(2027, 3, 1))

    catalog = passing({"fraud-detector/1": WITHDRAWN}, {(DETECTOR, "1.0.0"): "DEFAULT"})

    [end] = [
        version.entry.lifecycle
        for product in catalog.products
        for version in product.versions
        if version.state == "deprecated"
    ]
    assert end
    assert (dt.date(2026, 10, 20), dt.date(2027, 3, 1)) == (end.deprecated_on, end.retires_on)


@pytest.mark.parametrize("answer", [MISSING, described("fraud-detector/2026-11-16")])
def test_a_published_version_of_another_model_is_refused_all_the_same(passing: Pass, answer: object) -> None:
    """It may be a wrong role or region that shows none of the packages: that must not end every version."""
    with pytest.raises(PreflightError):
        passing({"fraud-detector/2": answer}, {(DETECTOR, "1.1.0"): "DEFAULT"})


def test_a_registry_that_cannot_be_asked_is_refused_once_with_all_its_versions(passing: Pass) -> None:
    with refused(PreflightError, "registry-unreachable", "Pulumi.hub.yaml: registry") as found:
        passing(dict.fromkeys(["fraud-detector/1", "fraud-detector/2"], SILENT))

    assert f"{FRAUD} 1.0.0, {FRAUD} 1.1.0: Could not connect to the endpoint URL" in str(found.value)
    assert "registry: {unreachable: warn}" in str(found.value)


def test_a_run_may_go_on_without_the_registry_with_a_warning_that_names_it(
    passing: Pass, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = heard(monkeypatch)

    catalog = passing({"fraud-detector/2": SILENT}, {(DETECTOR, "1.1.0"): "DEFAULT"}, unreachable="warn")

    assert "active" == states(catalog)[FRAUD, "1.1.0"]
    [warned] = said
    assert f"warning: the model registry of {HUB} in eu-central-1 cannot be asked: Could not connect" in warned
    assert f"Not confirmed to be approved: {FRAUD} 1.1.0" in warned


def test_a_registry_that_cannot_be_asked_gives_no_approval_back(passing: Pass) -> None:
    catalog = passing({"fraud-detector/2": SILENT}, {(DETECTOR, "1.1.0"): "DEPRECATED"}, unreachable="warn")

    assert "deprecated" == states(catalog)[FRAUD, "1.1.0"]


def test_a_service_catalog_that_does_not_answer_is_refused_in_words(
    passing: Pass, monkeypatch: pytest.MonkeyPatch, catalog_copy: CatalogCopy
) -> None:
    _ = passing({"fraud-detector/2": WITHDRAWN}, {(DETECTOR, "1.1.0"): "DEFAULT"})
    session = FakeAccount(HUB, {"search_products_as_admin": SILENT}, {})
    monkeypatch.setattr(gate, "published_versions", published_versions)
    monkeypatch.setattr(published, "Session", always(session))

    with refused(PreflightError, "published-unknown", "Pulumi.hub.yaml") as found:
        _ = through_the_gate(settings(), read_catalog(catalog_copy.folder, DAY))
    assert f"does not say whether {FRAUD} 1.1.0 is published already" in str(found.value)


def test_what_is_published_is_found_by_name_and_number_in_all_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    views = [
        {"ProductViewSummary": {"Name": name, "ProductId": product}}
        for name, product in ((DETECTOR, "prod-ours"), ("Other", "prod-other"), (DETECTOR, "prod-theirs"))
    ]
    details = {
        "pa-1.0.0": {"Active": False, "Guidance": "DEFAULT"},
        "pa-1.1.0": {"Active": True, "Guidance": "DEFAULT"},
        "pa-1.2.0": {"Active": True, "Guidance": "DEFAULT"},
    }

    def versions(asked: Mapping[str, str]) -> dict[str, object]:
        """Somebody else has a product of the same name, and in it a version that we have not published."""
        ours = asked["Id"] == "prod-ours"
        numbers = ("no version", "1.0.0", "1.1.0") if ours else ("1.2.0",)
        return {
            "ProvisioningArtifactSummaries": [{"Id": f"pa-{number}", "Name": number} for number in numbers],
            "Tags": [{"Key": "model-catalog-hub", "Value": "hub" if ours else "another"}],
        }

    def detail(asked: Mapping[str, str]) -> dict[str, object]:
        return {"ProvisioningArtifactDetail": details[asked["ProvisioningArtifactId"]]}

    answers = {"describe_product_as_admin": versions, "describe_provisioning_artifact": detail}
    account = FakeAccount(HUB, {"search_products_as_admin": views}, answers)
    monkeypatch.setattr(published, "Session", always(account))

    wanted = [(DETECTOR, "1.0.0"), (DETECTOR, "1.1.0"), (DETECTOR, "1.2.0"), ("Third", "1.0.0")]

    assert {(DETECTOR, "1.1.0"): "DEFAULT"} == published_versions(settings(), wanted)
    assert {} == published_versions(settings(), [])


@pytest.mark.parametrize(
    ("own", "reader", "account", "role"),
    [
        (None, None, HUB, None),
        ("Deployer", None, HUB, f"arn:aws:iam::{HUB}:role/Deployer"),
        ("Deployer", f"arn:aws:iam::{HUB}:role/Reader", HUB, f"arn:aws:iam::{HUB}:role/Reader"),
        ("Deployer", f"arn:aws:iam::{RESEARCH}:role/Reader", HUB, f"arn:aws:iam::{HUB}:role/Deployer"),
        ("Deployer", f"arn:aws:iam::{RESEARCH}:role/Reader", RESEARCH, f"arn:aws:iam::{RESEARCH}:role/Reader"),
    ],
)
def test_a_registry_is_asked_with_the_role_that_is_for_it(
    monkeypatch: pytest.MonkeyPatch, own: str | None, reader: str | None, account: str, role: str | None
) -> None:
    given: dict[str, Any] = {"accountId": HUB, "aws:region": "eu-central-1"}
    if own:
        given["assumeRole"] = f"arn:aws:iam::{HUB}:role/{own}"
    if reader:
        given["registry"] = {"assumeRole": reader}
    asked: list[str | None] = []

    def sign_in(*, region: str, role: str | None) -> None:
        asked.append(role)
        assert "eu-central-1" == region

    monkeypatch.setattr(gate, "Session", sign_in)
    _ = session_for(HubSettings.model_validate(given), account)

    assert [role] == asked
