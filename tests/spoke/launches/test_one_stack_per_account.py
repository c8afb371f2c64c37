"""One spoke stack per account."""

from pathlib import Path

import pytest

from shared.errors import ConfigError
from spoke.launches.one_stack_per_account import refuse_second_stack
from tests.support.refused import refused

OTHER = 'config:\n  model-catalog-spoke:accountId: "333344445555"\n'


def test_an_account_that_another_stack_is_for_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.spoke-other.yaml").write_text(OTHER)

    with refused(ConfigError, "second-stack", "Pulumi.spoke-one.yaml") as found:
        refuse_second_stack("333344445555", own="Pulumi.spoke-one.yaml", folder=tmp_path)
    assert "Pulumi.spoke-other.yaml" in str(found.value)


def test_a_stack_is_not_its_own_neighbour(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.spoke-one.yaml").write_text(OTHER)

    refuse_second_stack("333344445555", own="Pulumi.spoke-one.yaml", folder=tmp_path)


@pytest.mark.parametrize("settings", ["", "config: [", "config:\n  aws:region: eu-central-1\n", "- 1"])
def test_settings_that_cannot_be_read_are_left_to_their_own_stack(tmp_path: Path, settings: str) -> None:
    (tmp_path / "Pulumi.spoke-other.yaml").write_text(settings)

    refuse_second_stack("333344445555", own="Pulumi.spoke-one.yaml", folder=tmp_path)
