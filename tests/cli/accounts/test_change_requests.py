"""What the pages ask for becomes the change of the settings that it describes, or stays and says why."""

from pathlib import Path

import pytest
import yaml

from cli.exit_codes import ExitCode
from pages.web.proposing import FOLDER
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command

HUB = """\
# Ours.
config:
  aws:region: eu-central-1
  model-catalog-hub:accountId: "222233334444"
  model-catalog-hub:shares:
    - portfolio: online-inference   # everybody
      type: ORGANIZATION
"""
SPOKE = """\
config:
  aws:region: eu-central-1
  model-catalog-spoke:accountId: "333344445555"
  # What we score with.
  model-catalog-spoke:launches:
    - {name: mine, product: fraud-detector-realtime, version: 1.1.0}
"""
LAUNCH = """\
spoke: research
launch:
  name: fraud-scoring
  product: fraud-detector-realtime
  version: 1.1.0
  region: eu-central-1
  parameters:
    InstanceType: ml.m5.large
    MinInstanceCount: 2
"""
ACCESS = "spoke: research\naccess:\n  portfolio: gpu-inference\n"
ROLE = "arn:aws:iam::333344445555:role/data-science"


@pytest.fixture(autouse=True)
def repository(catalog: CatalogCopy, tmp_path: Path) -> Path:
    """Give a repository with a catalog, a hub and a spoke."""
    del catalog
    (tmp_path / "Pulumi.hub.yaml").write_text(HUB)
    (tmp_path / "Pulumi.spoke-research.yaml").write_text(SPOKE)
    return tmp_path


def ask(folder: Path, **files: str) -> Path:
    """Write requests where the pages have them saved."""
    for name, text in files.items():
        path = folder / FOLDER / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder / FOLDER


def test_a_launch_that_is_asked_for_is_added_with_comments_kept_and_priced(command: Command, repository: Path) -> None:
    folder = ask(repository, launch=LAUNCH)

    ended = command("spoke", "take-requests")

    assert (0, "") == (ended.code, ended.err)
    text = (repository / "Pulumi.spoke-research.yaml").read_text()
    assert text.startswith(SPOKE)
    values = {"InstanceType": "ml.m5.large", "MinInstanceCount": "2"}
    assert {
        "name": "fraud-scoring",
        "product": "fraud-detector-realtime",
        "version": "1.1.0",
        "region": "eu-central-1",
        "parameters": values,
    } == yaml.safe_load(text)["config"]["model-catalog-spoke:launches"][-1]
    assert "fraud-scoring: about 201 USD a month" in ended.out
    assert [] == list(folder.iterdir())


def test_access_that_is_asked_for_changes_the_hub_and_a_principal_the_spoke(command: Command, repository: Path) -> None:
    folder = ask(repository, access=f"{ACCESS}  principal: {ROLE}\n")

    ended = command("spoke", "take-requests")

    share = {"portfolio": "gpu-inference", "type": "ORGANIZATION_MEMBER_ACCOUNT", "target": "333344445555"}
    hub, spoke = (
        yaml.safe_load((repository / f"Pulumi.{each}.yaml").read_text()) for each in ("hub", "spoke-research")
    )
    assert share == hub["config"]["model-catalog-hub:shares"][-1]
    assert [{"portfolio": "gpu-inference", "arn": ROLE}] == spoke["config"]["model-catalog-spoke:principals"]
    assert "GPU Capacity (gpu-capacity@example.com) decides on gpu-inference" in ended.out
    assert [] == list(folder.iterdir())


def test_one_that_is_refused_stays_and_changes_nothing_and_the_others_are_taken(
    command: Command, repository: Path
) -> None:
    wrong = LAUNCH.replace("fraud-scoring", "other").replace("MinInstanceCount: 2", "MinInstanceCount: 99")
    folder = ask(repository, good=LAUNCH, wrong=wrong, nobody=ACCESS.replace("research", "nobody"))

    ended = command("spoke", "take-requests")

    assert ExitCode.MISTAKE == ended.code
    assert "wrong.yaml: launches[0] (other): parameters.MinInstanceCount: invalid value '99'" in ended.err
    assert "Pulumi.spoke-nobody.yaml" in ended.err
    assert ["nobody.yaml", "wrong.yaml"] == sorted(path.name for path in folder.iterdir())
    launches = yaml.safe_load((repository / "Pulumi.spoke-research.yaml").read_text())["config"]
    assert ["mine", "fraud-scoring"] == [each["name"] for each in launches["model-catalog-spoke:launches"]]
    assert HUB == (repository / "Pulumi.hub.yaml").read_text()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("spoke: research\n", "request-not-of-one-thing"),
        (LAUNCH + ACCESS.partition("\n")[2], "request-not-of-one-thing"),
        (LAUNCH.replace("spoke: research", "spoke: ../research"), "invalid-value"),
        (LAUNCH.replace("name: fraud-scoring", "name: mine"), "launch-exists"),
        (LAUNCH.replace("version: 1.1.0", "version: 9.9.9"), "version-not-offered"),
        (LAUNCH + "  ownModel: {archive: s3://a/b, acknowledgeNotTheCatalogs: true}\n", "unknown-key"),
        (ACCESS.replace("gpu", "online"), "access-already"),
    ],
)
def test_what_is_refused_is_named_with_its_file(text: str, code: str, command: Command, repository: Path) -> None:
    ask(repository, asked=text)

    ended = command("spoke", "take-requests")

    assert (ExitCode.MISTAKE, code) == (ended.code, ended.refusal[0])
    assert SPOKE == (repository / "Pulumi.spoke-research.yaml").read_text()
    assert HUB == (repository / "Pulumi.hub.yaml").read_text()


def test_where_nothing_is_asked_for_nothing_is_done(command: Command) -> None:
    ended = command("spoke", "take-requests")

    assert (ExitCode.DONE, "change-requests: nothing is asked for\n") == (ended.code, ended.out)


@pytest.mark.parametrize("is_file", [False, True])
def test_a_folder_that_is_named_and_not_there_is_refused(command: Command, repository: Path, *, is_file: bool) -> None:
    if is_file:
        (repository / "asked").write_text(ACCESS)

    ended = command("spoke", "take-requests", "asked")

    assert ExitCode.MISTAKE == ended.code
    assert "nothing is asked for" not in ended.out
    assert is_file or ended.refusal == ("requests-folder-missing", "asked")


def test_a_request_may_end_with_yml_and_what_is_none_stays_and_is_named(command: Command, repository: Path) -> None:
    folder = ask(repository, launch=LAUNCH)
    (folder / "launch.yaml").rename(folder / "launch.yml")
    for name in ("README.md", ".gitkeep"):
        (folder / name).write_text("Requests of the pages.\n")

    ended = command("spoke", "take-requests")

    assert ExitCode.DONE == ended.code
    assert "fraud-scoring" in (repository / "Pulumi.spoke-research.yaml").read_text()
    assert f"{FOLDER}/README.md: is no request" in ended.out
    assert [".gitkeep", "README.md"] == sorted(path.name for path in folder.iterdir())
