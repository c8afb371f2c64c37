"""What a person can get wrong, on the real engine: a clear error, an exit code, and nothing changed."""

from collections.abc import Callable

import pytest

from tests.support.stage import HUB, RESEARCH, Stage

RESEARCH_FILE = "Pulumi.spoke-research.yaml"
HUB_FILE = "Pulumi.hub.yaml"
ORGANIZATION_STACK = "organization/model-catalog-organization/organization"
FRAUD = "hub/catalog/products/fraud-detector-realtime"
PACKAGES = "arn:aws:sagemaker:eu-central-1:222233334444:model-package/fraud-detector"

Edit = Callable[[str, str, str], None]

SPOKE_MISTAKES = {
    "an account id without quotes": (
        'accountId: "333344445555"',
        "accountId: 012345670123",
        ["Pulumi.spoke-research.yaml: accountId", "1402433619", 'for example "222233334444"'],
    ),
    "an account id that is too short": (
        'accountId: "333344445555"',
        'accountId: "3333"',
        ["accountId: found '3333'", "twelve digits"],
    ),
    "a hub stack that does not exist": (
        "model-catalog-spoke:launches",
        "model-catalog-spoke:hubStack: hub-nowhere\n  model-catalog-spoke:launches",
        ["hubStack", 'unknown stack "organization/model-catalog-hub/hub-nowhere"', "make up-hub"],
    ),
    "a stack that exports no catalog": (
        "model-catalog-spoke:launches",
        f"model-catalog-spoke:hubStack: {ORGANIZATION_STACK}\n  model-catalog-spoke:launches",
        [f"{ORGANIZATION_STACK} exports no catalog", "hubStack", "make up-hub"],
    ),
    "a product that is not offered": (
        "product: text-embedder-serverless",
        "product: text-embedder",
        ["launches[2] (embeddings): product: found 'text-embedder'", "text-embedder-serverless"],
    ),
    "a version that is not offered": (
        "version: 1.1.0",
        "version: 9.9.9",
        ["launches[0] (fraud-scoring): version: found '9.9.9'", "1.0.0, 1.1.0"],
    ),
    "a region that is not offered": (
        "- name: embeddings",
        "- name: embeddings\n      region: us-east-1",
        ["(embeddings): region: found 'us-east-1'", "eu-central-1"],
    ),
    "a parameter that is not offered": (
        "InstanceType: ml.m5.large",
        "InstanceTyp: ml.m5.large",
        ["(fraud-scoring): parameters: found 'InstanceTyp'", "InstanceType"],
    ),
    "a value outside the allowed ones": (
        "InstanceType: ml.m5.large",
        "InstanceType: ml.p5.48xlarge",
        ["parameters.InstanceType: found 'ml.p5.48xlarge'", "ml.m5.large"],
    ),
    "two launches with one name": (
        "name: fraud-scoring-previous",
        "name: fraud-scoring",
        ["launches[1].name: found 'fraud-scoring' a second time", "rename"],
    ),
    "a role that somebody else should have made": (
        "model-catalog-spoke:launches",
        "model-catalog-spoke:launchRoles: existing\n  model-catalog-spoke:launches",
        ["launchRoles to create", "role ModelCatalogLaunch-", "is not there, and"],
    ),
    "a misspelt key": (
        "model-catalog-spoke:launches",
        "model-catalog-spoke:lunches",
        ["lunches is not a known key"],
    ),
}

HUB_MISTAKES = {
    "two products with one name": (
        f"{FRAUD}/product.yaml",
        "name: Fraud detector, real-time endpoint",
        "name: Text embedder, serverless endpoint",
        ["product.yaml: two products have the name", "Rename one"],
    ),
    "a template that changed after it was published": (
        f"{FRAUD}/1.0.0.yaml",
        "AWSTemplateFormatVersion",
        "# changed\nAWSTemplateFormatVersion",
        ["1.0.0.yaml: the template of fraud-detector-realtime 1.0.0 changed", "new version"],
    ),
    "a version that nobody approved": (
        f"{FRAUD}/product.yaml",
        "    approval:\n      approved_by: Model Risk Review\n      approved_on: 2026-10-01\n",
        "",
        ["versions[1].approval is missing, and 1.1.0 would be published as active", "approved in the registry"],
    ),
    "a package of another region": (
        f"{FRAUD}/product.yaml",
        "sagemaker:eu-central-1:222233334444:model-package/fraud-detector/2",
        "sagemaker:us-east-1:222233334444:model-package/fraud-detector/2",
        ["versions[1].model_package: found 'arn:", "of the region us-east-1"],
    ),
    "a card without a license": (
        f"{FRAUD}/1.1.0.card.yaml",
        "license: proprietary\n",
        "",
        ["1.1.0.card.yaml: license is missing"],
    ),
    "a template that is not CloudFormation": (
        f"{FRAUD}/1.1.0.yaml",
        "\nResources:",
        "\nThings:",
        ["1.1.0.yaml: is not a CloudFormation template", "Resources"],
    ),
    "a share target that is no account": (
        HUB_FILE,
        'target: "333344445555"',
        'target: "3333"',
        ["Pulumi.hub.yaml: shares[3]: found target '3333'", "an account id"],
    ),
    "a unit that does not exist": (
        HUB_FILE,
        "Workloads/Research",
        "Workloads/Reserach",
        ["no unit 'Workloads/Reserach'", "Production, Research"],
    ),
    "a portfolio that does not exist": (
        HUB_FILE,
        "portfolio: batch-inference",
        "portfolio: batch",
        ["shares[2].portfolio: found 'batch'", "batch-inference, online-inference"],
    ),
    "a file with a key that nobody knows": (
        f"{FRAUD}/product.yaml",
        "owner:",
        "owner_team: nobody\nowner:",
        [f"{FRAUD.removeprefix('hub/')}/product.yaml: owner_team is not a known key"],
    ),
}


@pytest.fixture(scope="module")
def catalog(stage: Stage) -> Stage:
    """A stage with organization and hub, for spokes that will be refused."""
    for stack in ("organization", "hub"):
        _ = stage.up(stack)
    return stage


@pytest.mark.parametrize("mistake", SPOKE_MISTAKES)
def test_a_spoke_refuses(catalog: Stage, edit: Edit, mistake: str) -> None:
    old, new, expected = SPOKE_MISTAKES[mistake]
    edit(RESEARCH_FILE, old, new)

    said = catalog.refuse("preview-spoke-research")

    assert [part for part in expected if part not in said] == [], said


@pytest.mark.parametrize("mistake", HUB_MISTAKES)
def test_the_hub_refuses(catalog: Stage, edit: Edit, mistake: str) -> None:
    file, old, new, expected = HUB_MISTAKES[mistake]
    edit(file, old, new)

    said = catalog.refuse("preview-hub")

    assert [part for part in expected if part not in said] == [], said


def test_a_refused_up_leaves_the_account_as_it_was(catalog: Stage, edit: Edit) -> None:
    iam = catalog.client("iam", RESEARCH)
    before = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    edit(RESEARCH_FILE, "version: 1.1.0", "version: 9.9.9")

    done = catalog.run("pulumi", "-C", "spoke", "-s", "spoke-research", "up", "--yes", "--skip-preview")

    assert done.returncode != 0
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == before


def test_credentials_of_another_account_are_refused_before_anything_is_made(catalog: Stage, edit: Edit) -> None:
    role = "  model-catalog-spoke:assumeRole: arn:aws:iam::333344445555:role/OrganizationAccountAccessRole\n"
    edit(RESEARCH_FILE, role, "")

    said = catalog.refuse("up-spoke-research")

    assert "Pulumi.spoke-research.yaml: accountId: no access to the account 333344445555" in said
    assert "AWS account ID not allowed: 111122223333" in said
    assert "Nothing was changed" in said


def test_expired_credentials_are_refused_before_anything_is_made(catalog: Stage) -> None:
    catalog.faults({"operation": "sts:AssumeRole", "error": "ExpiredToken", "message": "The token has expired"})
    previewed = catalog.refuse("preview-spoke-research")
    deployed = catalog.refuse("up-spoke-research", "FLAGS=--skip-preview")
    catalog.faults()

    assert "Pulumi.spoke-research.yaml: accountId: no access to the account 333344445555" in previewed
    assert "Nothing was changed" in previewed
    assert "ExpiredToken" in previewed
    assert "ExpiredToken" in deployed
    assert "created" not in deployed.partition("Resources:")[2].replace("+ 1 created", "")  # the stack itself


def test_a_role_that_cannot_be_assumed_is_refused(catalog: Stage, edit: Edit) -> None:
    edit(RESEARCH_FILE, "role/OrganizationAccountAccessRole", "role/NoSuchRole")

    said = catalog.refuse("preview-spoke-research")

    assert "arn:aws:iam::333344445555:role/NoSuchRole" in said
    assert "cannot be assumed" in said


def test_the_spoke_project_refuses_the_stack_of_the_hub(catalog: Stage) -> None:
    """The key that each project requires is missing in the other's file, so the program is not even started."""
    created = catalog.run("pulumi", "-C", "spoke", "stack", "select", "hub", "--create")
    assert created.returncode == 0, created.stdout

    done = catalog.run("pulumi", "-C", "spoke", "-s", "hub", "preview")

    assert done.returncode != 0
    assert "Stack 'hub' is missing configuration value 'accountId'" in done.stdout


@pytest.mark.parametrize(
    ("version", "remedy"), [("0.9", "publishes catalog version 0.9"), ("2.0", "publishes catalog version 2.0")]
)
def test_a_contract_of_another_major_version_is_refused(catalog: Stage, edit: Edit, version: str, remedy: str) -> None:
    """A small program stands for a hub of another release."""
    other = catalog.project / f"hub-{version}"
    other.mkdir(exist_ok=True)
    _ = (other / "Pulumi.yaml").write_text("name: model-catalog-hub\nruntime: python\n")
    _ = (other / "__main__.py").write_text(
        f"import pulumi\npulumi.export('catalog', {{'schema_version': '{version}'}})\n"
    )
    name = f"hub-{version}"
    for command in (["stack", "select", name, "--create"], ["-s", name, "up", "--yes", "--skip-preview"]):
        done = catalog.run("pulumi", "-C", other.name, *command)
        assert done.returncode == 0, done.stdout
    edit(
        RESEARCH_FILE,
        "model-catalog-spoke:launches",
        f"model-catalog-spoke:hubStack: {name}\n  model-catalog-spoke:launches",
    )

    said = catalog.refuse("preview-spoke-research")

    assert remedy in said
    assert "Bring hub and spoke to the same release" in said


def test_a_misspelt_target_leaves_no_stack_behind(catalog: Stage) -> None:
    said = catalog.refuse("up-spoke-reserch")

    assert "there is no Pulumi.spoke-reserch.yaml" in said
    assert "spoke-research" in said
    assert not (catalog.project / "Pulumi.spoke-reserch.yaml").exists()
    assert "spoke-reserch" not in catalog.run("pulumi", "-C", "spoke", "stack", "ls", "--all").stdout


def test_an_approval_that_the_registry_does_not_know_of_is_found(catalog: Stage, edit: Edit) -> None:
    """Whoever writes the catalog's file can write anything; the registry has the last word."""
    verified = catalog.make("verify-catalog", account=HUB)
    edit(f"{FRAUD}/product.yaml", f"{PACKAGES}/2", f"{PACKAGES}/3")
    edit(f"{FRAUD}/1.1.0.card.yaml", f"{PACKAGES}/2", f"{PACKAGES}/3")
    found = catalog.make("verify-catalog", account=HUB)

    assert (0, True) == (verified.returncode, "no problems" in verified.stdout), verified.stdout
    assert found.returncode != 0
    assert f"{PACKAGES}/3 is PendingManualApproval in the registry, not Approved." in found.stdout
    assert "Traceback" not in found.stdout
