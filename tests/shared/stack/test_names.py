"""Names that several accounts must agree on, and that can never change."""

from shared.stack.names import CATALOG_OUTPUT, PRODUCT_KEY_LIMIT, execution_role_name, launch_role_name


def test_the_names_of_roles_never_change() -> None:
    """A launch constraint knows a role by its name alone, and a provisioned product keeps it for life."""
    assert "ModelCatalogLaunch-fraud-detector-realtime" == launch_role_name("fraud-detector-realtime")
    assert "ModelCatalogExecution-fraud-detector-realtime" == execution_role_name("fraud-detector-realtime")


def test_the_longest_key_still_makes_a_name_that_iam_takes() -> None:
    assert len(execution_role_name("x" * PRODUCT_KEY_LIMIT)) <= 64
    assert len(launch_role_name("x" * PRODUCT_KEY_LIMIT)) <= 64


def test_the_output_that_spokes_read_never_changes_its_name() -> None:
    assert "catalog" == CATALOG_OUTPUT
