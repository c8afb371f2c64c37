"""The spokes of a checkout, as their settings files have them."""

from pathlib import Path

import pytest
import yaml

from fleet.errors import SettingsError
from fleet.plan.spokes import matching_spokes, read_spoke, read_spokes
from spoke.launches.contract_dependencies import Parts
from tests.support.fleet.making import LAUNCH, spoke, write_spoke
from tests.support.refused import refused

ACCOUNT = "333344445555"
PLAIN = """\
encryptionsalt: v1:abc
config:
  aws:region: eu-central-1
  model-catalog-spoke:accountId: "333344445555"
  model-catalog-spoke:launches:
    - name: search
      product: embedder
      version: 1.0.0
      parameters: {Count: "2", Public: "true"}
      tags: {team: risk, tier: gold}
"""
REWRITTEN = """\
# Written by hand.
config:
  model-catalog-spoke:launches:
    - version: "1.0.0"
      tags:
        tier: gold  # the first of two
        team: risk
      parameters:
        Public: true
        Count: 2
      product: embedder
      name: "search"
  model-catalog-spoke:accountId: '333344445555'
  aws:region: "eu-central-1"
encryptionsalt: v1:other
"""


def test_only_what_is_named_like_a_spoke_is_one(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write_spoke(tmp_path, name, ACCOUNT)
    for other in (
        "Pulumi.hub.yaml",
        "Pulumi.spoke.yaml",
        "spoke-c.yaml",
        "Pulumi.spoke-d.yml",
        "Pulumi.spoke-e.yaml.bak",
    ):
        (tmp_path / other).write_text(PLAIN)

    assert ["spoke-a", "spoke-b"] == list(read_spokes(tmp_path))


def test_comments_order_quotes_and_the_salt_mean_nothing(tmp_path: Path) -> None:
    assert parts_of(tmp_path, PLAIN) == parts_of(tmp_path, REWRITTEN)


def test_what_is_said_in_full_means_the_same_as_what_goes_without_saying(tmp_path: Path) -> None:
    explicit = (
        PLAIN + "      timeout: 30m\n  model-catalog-spoke:hubStack: hub\n  model-catalog-spoke:launchRoles: create\n"
    )

    assert parts_of(tmp_path, PLAIN) == parts_of(tmp_path, explicit)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("aws:region: eu-central-1", "aws:region: eu-west-1", "setting region"),
        ("config:", "config:\n  model-catalog-spoke:hubStack: next", "setting hub_stacks"),
        ("config:", "config:\n  model-catalog-spoke:launchRoles: existing", "setting launch_roles"),
        (
            "config:",
            "config:\n  model-catalog-spoke:assumeRole: arn:aws:iam::333344445555:role/Deployer",
            "setting assume_role",
        ),
        (
            "config:",
            "config:\n  model-catalog-spoke:permissionsBoundary: arn:aws:iam::333344445555:policy/Limit",
            "setting permissions_boundary",
        ),
        (
            "config:",
            "config:\n  model-catalog-spoke:principals: [{portfolio: online, arn: 'arn:aws:iam::333344445555:role/A'}]",
            "setting principals",
        ),
        ("config:", "config:\n  pulumi:tags: {team: risk}", "setting pulumi:tags"),
        ('"333344445555"', '"333344445556"', "setting account_id"),
        ("version: 1.0.0", "version: ~1.0", "launch search"),
        ("product: embedder", "product: scorer", "launch search"),
        ('Count: "2"', 'Count: "3"', "launch search"),
        ("tier: gold", "tier: silver", "launch search"),
        ("version: 1.0.0", "version: 1.0.0\n      timeout: 45m", "launch search"),
        ("version: 1.0.0", "version: 1.0.0\n      region: eu-west-1", "launch search"),
        (
            "version: 1.0.0",
            "version: 1.0.0\n      notifications: ['arn:aws:sns:eu-central-1:333344445555:models']",
            "launch search",
        ),
    ],
)
def test_each_setting_changes_its_own_part(tmp_path: Path, old: str, new: str, part: str) -> None:
    before, after = parts_of(tmp_path, PLAIN), parts_of(tmp_path, PLAIN.replace(old, new))

    assert {part} == {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_each_launch_is_a_part_of_its_own_and_their_order_means_nothing(tmp_path: Path) -> None:
    one, two = dict(LAUNCH), {**LAUNCH, "name": "other"}
    parts = spoke(tmp_path, "a", ACCOUNT, launches=[one, two]).parts

    assert {"launch search", "launch other"} <= parts.keys()
    assert parts == spoke(tmp_path, "a", ACCOUNT, launches=[two, one]).parts


@pytest.mark.parametrize(
    ("text", "problem", "account"),
    [
        ("config: [", "Pulumi.spoke-broken.yaml: is not YAML", ""),
        ("", "Pulumi.spoke-broken.yaml: config", ""),
        ("config: text", "Pulumi.spoke-broken.yaml: config", ""),
        ("- config", "Pulumi.spoke-broken.yaml: config", ""),
        (PLAIN.replace("product:", "prodct:"), "launches[0].product: is missing", ACCOUNT),
        (PLAIN + "  model-catalog-spoke:launch: []\n", "launch: is not a known key", ACCOUNT),
        (PLAIN + "  other:key: 1\n", "other:key", ACCOUNT),
        (PLAIN.replace('"333344445555"', "'33'"), "accountId: invalid value '33'", ""),
        (PLAIN + "  - [", "Pulumi.spoke-broken.yaml: is not YAML", ACCOUNT),
    ],
)
def test_a_broken_file_concerns_no_other_spoke(tmp_path: Path, text: str, problem: str, account: str) -> None:
    write_spoke(tmp_path, "good", "444455556666")
    (tmp_path / "Pulumi.spoke-broken.yaml").write_text(text)

    found = read_spokes(tmp_path)

    assert found["spoke-good"].settings
    assert not found["spoke-good"].problem
    broken = found["spoke-broken"]
    assert (None, {}, account) == (broken.settings, broken.parts, broken.account)
    assert problem in broken.problem


def test_a_file_that_cannot_be_read_is_broken_too(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.spoke-a.yaml").mkdir()

    assert "Pulumi.spoke-a.yaml: cannot be read" in read_spokes(tmp_path)["spoke-a"].problem


def test_an_account_without_quotes_is_text_as_it_is_to_the_spokes_own_run(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.spoke-a.yaml").write_text(PLAIN.replace('"333344445555"', "333344445555"))
    found = read_spokes(tmp_path)["spoke-a"]

    assert (ACCOUNT, "") == (found.account, found.problem)


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        ([], ""),
        (["lab"], "lab"),
        (["spoke-lab"], "lab"),
        (["lab*"], "lab lab-two"),
        (["*"], "lab lab-two sales"),
        (["spoke-*-two", "sales"], "lab-two sales"),
        (["lab", "lab*"], "lab lab-two"),
    ],
)
def test_spokes_are_named_with_or_without_what_all_names_begin_with(patterns: list[str], found: str) -> None:
    everybody = ["spoke-lab", "spoke-lab-two", "spoke-sales"]

    assert {f"spoke-{name}" for name in found.split()} == matching_spokes(everybody, patterns, where="--only")


@pytest.mark.parametrize("pattern", ["la", "LAB", "", "spoke-"])
def test_a_name_that_fits_nobody_is_refused(pattern: str) -> None:
    with refused(SettingsError, "spoke-unknown", "--only"):
        matching_spokes(["spoke-lab"], ["lab", pattern], where="--only")


@pytest.mark.parametrize(("spokes", "said"), [(12, "spoke-7 and 4 more."), (0, "The spokes are: none.")])
def test_of_many_spokes_a_few_are_named(spokes: int, said: str) -> None:
    with refused(SettingsError, "spoke-unknown", "--only") as found:
        matching_spokes([f"spoke-{number}" for number in range(spokes)], ["x"], where="--only")

    assert str(found.value).endswith(said)


def parts_of(folder: Path, text: str) -> dict[str, str]:
    """Give the parts of a spoke with such a file, which has to be valid."""
    assert yaml.safe_load(text)
    file = folder / "Pulumi.spoke-research.yaml"
    file.write_text(text)
    found = read_spoke(file)
    assert found.settings, found.problem
    return dict(found.parts)


def test_which_hub_is_trusted_runs_no_spoke_again(tmp_path: Path) -> None:
    """Whoever pins it afterwards makes nothing else with the same contract."""

    def parts(pin: str) -> Parts:
        path = tmp_path / "Pulumi.spoke-x.yaml"
        settings = '  aws:region: eu-central-1\n  model-catalog-spoke:accountId: "333344445555"\n'
        path.write_text(f"config:\n{settings}{pin}")
        return read_spoke(path).parts

    assert parts("") == parts('  model-catalog-spoke:hub: {accountId: "222233334444"}\n') != {}
