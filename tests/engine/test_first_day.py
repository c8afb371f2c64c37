"""The first day as docs/first-day.md tells it, on the real engine: the page's own commands, there and back.

Left out is step 1, which installs what these tests run with. What the page leaves to a person is done here by hand.
"""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.support.paths import ROOT
from tests.support.stage import HUB, RESEARCH, Stage

PAGE = (ROOT / "docs" / "first-day.md").read_text()
STEPS = {int(each.partition(".")[0]): each for each in re.split(r"(?m)^## (?=\d+\. )", PAGE)[1:]}
PRODUCTION = "444455556666"
ANSWERS = {
    "an https address": "https://models.example.com/churn",
    "an e-mail address": "churn@example.com",
    "low, medium, high or unknown": "low",
    "an SPDX identifier, or proprietary": "proprietary",
    "that of this model": "0.91",
}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Stage]:
    """Give an organization without a catalog, and a checkout as it comes."""
    with Stage(tmp_path / "stage") as stage:
        shutil.copytree(ROOT / "docs/iam", stage.project / "docs/iam", dirs_exist_ok=True)
        (stage.project / ".gitignore").write_text(".venv\n.tools\n")
        as_it_comes = "git init -q && git add -A && git -c user.name=a -c user.email=a@b.c commit -qm first"
        ended(stage, ["sh", "-c", as_it_comes])
        yield stage


def ended(stage: Stage, words: list[str], *, code: int = 0, account: str | None = None) -> str:
    """Run a command that ends so, and give what it says."""
    signed = stage.environment(account) if account else {}
    done = stage.run(*words, variables=signed)
    assert code == done.returncode, done.stdout
    return done.stdout


def commands(step: int) -> list[tuple[list[str], str]]:
    """Give the commands of a step that are shown with what they print, and the beginning of that."""
    found = list[tuple[list[str], str]]()
    for block in re.findall(r"(?ms)^```\n(\$ .*?)^```", STEPS[step]):
        for shown in re.split(r"(?m)^\$ ", block)[1:]:
            command, _, printed = shown.replace("\\\n", " ").partition("\n")
            found.append((shlex.split(command), printed.partition("\n")[0]))
    return found


def told(step: int, start: str) -> list[str]:
    """Give the command that takes a step back, by how it begins."""
    paragraph = STEPS[step][STEPS[step].index("*Taken back") :]
    [found] = [each for each in re.findall(r"`([^`]+)`", paragraph) if each.startswith(start)]
    return shlex.split(found)


def follow(stage: Stage, step: int, *, code: int = 0, account: str | None = None) -> str:
    """Run all commands of a step, which begin to print what the page says, and give what the last one says."""
    said = ""
    for words, printed in commands(step):
        assert "model-catalog" == words[0], "the page shows no other"
        said = ended(stage, ["python", "-m", "cli", *words[1:]], code=code, account=account)
        if "\u2026" not in printed[:1] and step not in TABLES:
            assert printed in said, (words, printed, said)
    return said


TABLES = (6, 10)
"""Steps whose output is a table, of which the test looks at what counts."""


def fill_in(stage: Stage, product: str) -> None:
    """Say what only a person can say."""
    for path in (stage.project / "hub/catalog/products" / product).glob("*.yaml"):
        path.write_text(re.sub(r"'<fill in: ([^>]*)>'", _answer, path.read_text()))


def _answer(found: re.Match[str]) -> str:
    if "URI" in found[1]:
        return "s3://model-catalog-data-hub/churn/"
    return ANSWERS.get(found[1], "Customer Analytics" if "team" in found[1] else "Scores who is likely to leave.")


def test_a_place_for_state_is_made_and_taken_back(empty: Stage) -> None:
    """Step 2."""
    [(words, _)] = commands(2)
    bucket, kms = words[3], empty.client("kms", HUB)

    made = follow(empty, 2, account=HUB)
    again = ended(empty, ["python", "-m", "cli", *words[1:]], account=HUB)

    assert ": done" not in again
    assert f"pulumi login 's3://{bucket}?region=eu-central-1'" in made
    ended(empty, told(2, "aws s3api delete-bucket-policy"), account=HUB)
    s3 = empty.client("s3", HUB)
    there = s3.list_object_versions(Bucket=bucket)
    for each in [*there.get("Versions", []), *there.get("DeleteMarkers", [])]:
        s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=bucket)
    key = kms.describe_key(KeyId="alias/model-catalog")["KeyMetadata"]["KeyId"]
    ended(empty, [*told(2, "aws kms schedule-key-deletion"), "--key-id", key], account=HUB)
    assert "PendingDeletion" == kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]


def test_a_role_that_deploys_comes_by_hand_and_goes_again(empty: Stage) -> None:
    """Step 3, in an account that has none."""
    iam = empty.client("iam", PRODUCTION)
    for name in iam.list_role_policies(RoleName="ModelCatalogDeployer")["PolicyNames"]:
        iam.delete_role_policy(RoleName="ModelCatalogDeployer", PolicyName=name)
    for each in iam.list_attached_role_policies(RoleName="ModelCatalogDeployer")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="ModelCatalogDeployer", PolicyArn=each["PolicyArn"])
    iam.delete_role(RoleName="ModelCatalogDeployer")
    wanted = "{units: [Workloads], trust: {permissionSets: [ModelPlatform]}}"
    first, named = "  model-catalog-organization:hubAccountId", "  model-catalog-organization:deployers"
    _ = empty.edit("Pulumi.organization.yaml", first, f"{named}: {wanted}\n{first}")

    said = follow(empty, 3)

    command = shlex.split(" ".join(said.split()).partition("of the account: ")[2])
    ended(empty, command, account=PRODUCTION)
    assert "ModelCatalogDeployer" == iam.get_role(RoleName="ModelCatalogDeployer")["Role"]["RoleName"]
    ended(empty, told(3, "aws cloudformation delete-stack"), account=PRODUCTION)
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_role(RoleName="ModelCatalogDeployer")


def test_a_first_model_of_ones_own_runs_and_all_of_it_can_be_taken_down(empty: Stage) -> None:
    """Steps 4 to 10, each taken back: files as soon as they are written, stacks at the end."""
    project = empty.project
    source = project / "hub/catalog/products/fraud-detector-realtime/1.1.0.yaml"

    follow(empty, 4)
    assert not source.exists()
    ended(empty, told(4, "git checkout"))
    assert source.exists()
    follow(empty, 4)

    settings = project / "Pulumi.hub.yaml"
    before = settings.read_text()
    [block] = re.findall(r"(?ms)^```yaml\n(.*?)^```", STEPS[5])
    settings.write_text(block)
    ended(empty, told(5, "git checkout"))
    assert before == settings.read_text()
    settings.write_text(block)

    looked = follow(empty, 6, code=1)
    assert "delegated administrator" in looked
    assert "Nothing to take back" in STEPS[6]
    follow(empty, 7)
    [template] = re.findall(r"(?m)^git show .*$", STEPS[8])
    ended(empty, ["sh", "-c", template])
    [new, *others] = commands(8)
    said = ended(empty, ["python", "-m", "cli", *new[0][1:]])
    assert new[1] in said
    assert "Places for a person to fill in: 25." in said
    fill_in(empty, "churn-scorer")
    for words, printed in others:
        assert printed in ended(empty, ["python", "-m", "cli", *words[1:]])
    assert "nothing missing" in ended(empty, ["python", "-m", "cli", "doctor", "hub"])
    follow(empty, 9)
    assert "churn-scorer" in follow(empty, 10)
    assert RESEARCH in (project / "Pulumi.spoke-research.yaml").read_text()
    assert "nothing missing" in ended(empty, ["python", "-m", "cli", "doctor", "--short"])

    ended(empty, ["python", "-m", "cli", *told(10, "stack destroy")])
    text, own = settings.read_text(), "  model-catalog-hub:accountId"
    unprotected = " ".join(told(9, "model-catalog-hub:protect"))
    settings.write_text(text.replace(own, f"  {unprotected}\n{own}"))
    for start in ("stack up", "stack destroy"):
        ended(empty, ["python", "-m", "cli", *told(9, start)])
    assert [] == empty.client("servicecatalog", HUB).list_portfolios()["PortfolioDetails"]
