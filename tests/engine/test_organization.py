"""The organization's stack, whose resources outlive it."""

from tests.support.stage import HUB, Stage


def test_the_organization_keeps_its_access_when_its_stack_is_destroyed(stage: Stage) -> None:
    """Turning it off would end every share of the organization at once."""
    _ = stage.up("organization")

    protected = stage.refuse("destroy-organization")
    unprotected = stage.run(
        "pulumi", "-C", "organization", "-s", "organization", "state", "unprotect", "--all", "--yes"
    )
    _ = stage.succeed("destroy-organization")

    management = "111122223333"
    access = stage.client("servicecatalog", management).get_aws_organizations_access_status()["AccessStatus"]
    administrators = stage.client("organizations", management).list_delegated_administrators()
    assert "protected" in protected
    assert unprotected.returncode == 0, unprotected.stdout
    assert access == "ENABLED"
    assert [item["Id"] for item in administrators["DelegatedAdministrators"]] == [HUB]
