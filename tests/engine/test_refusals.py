"""What a person can get wrong, on the real engine: a clear error, an exit code, and nothing changed."""

from collections.abc import Callable

from tests.support.stage import RESEARCH, Stage

RESEARCH_FILE = "Pulumi.spoke-research.yaml"

Edit = Callable[[str, str, str], None]


def test_a_refused_up_says_why_and_leaves_the_account_as_it_was(catalog: Stage, edit: Edit) -> None:
    """What else a program refuses is tested without the engine."""
    iam = catalog.client("iam", RESEARCH)
    before = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    edit(RESEARCH_FILE, "version: 1.1.0", "version: 9.9.9")

    said = catalog.refuse("up-spoke-research", "FLAGS=--skip-preview")

    assert "Pulumi.spoke-research.yaml: launches[0] (fraud-scoring): version: invalid value '9.9.9'" in said
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == before
    assert "unhandled error" not in said


def test_a_hub_stack_that_is_unknown_to_the_engine_is_named_with_its_setting(catalog: Stage, edit: Edit) -> None:
    first = "model-catalog-spoke:launches"
    edit(RESEARCH_FILE, first, f"model-catalog-spoke:hubStack: hub-nowhere\n  {first}")

    said = catalog.refuse("preview-spoke-research")

    assert "Catalog: organization/model-catalog-hub/hub-nowhere (hubStack in Pulumi.spoke-research.yaml" in said
    assert 'unknown stack "organization/model-catalog-hub/hub-nowhere"' in said


def test_a_spokes_state_holds_nothing_of_what_others_launch(catalog: Stage) -> None:
    state = catalog.run("pulumi", "-C", "spoke", "-s", "spoke-production", "stack", "export").stdout

    assert "fraud-scoring" in state
    assert "batch-scoring" not in state
    assert "pulumi:pulumi:StackReference" not in state


def test_a_preview_of_the_hub_refuses_what_only_its_organization_shows(catalog: Stage, edit: Edit) -> None:
    edit("Pulumi.hub.yaml", "Workloads/Research", "Workloads/Reserach")

    said = catalog.refuse("preview-hub")

    assert "Pulumi.hub.yaml: shares: " in said
    assert "no unit 'Workloads/Reserach'" in said
    assert "Production, Research" in said


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
    removed = catalog.run("pulumi", "-C", "spoke", "stack", "rm", "hub", "--yes", "--preserve-config")

    assert done.returncode != 0
    assert "Stack 'hub' is missing configuration value 'accountId'" in done.stdout
    assert removed.returncode == 0, removed.stdout


def test_a_misspelt_target_leaves_no_stack_behind(catalog: Stage) -> None:
    said = catalog.refuse("up-spoke-reserch")

    assert "there is no Pulumi.spoke-reserch.yaml" in said
    assert "spoke-research" in said
    assert not (catalog.project / "Pulumi.spoke-reserch.yaml").exists()
    assert "spoke-reserch" not in catalog.run("pulumi", "-C", "spoke", "stack", "ls", "--all").stdout
