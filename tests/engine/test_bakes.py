"""A version that does well in the canary goes on by itself, and one that does not is taken back, on the real engine.

The spokes' deployers have the policies of docs/iam and no others.
"""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.rehearsal.deployers import DEPLOYER, make_deployers, policy_in, rendered
from tests.support.stage import PRODUCTION, RESEARCH, Stage

LAUNCH = {"name": "fraud-scoring", "product": "fraud-detector-realtime", "version": "1.0.0"}
FLEET = """\
waves:
  - name: canary
    spokes: [research]
    bake: {time: 24h}
  - name: everybody
    default: true
"""


@pytest.fixture(scope="module")
def baking(stage: Stage) -> Stage:
    """Two spokes that run 1.0.0 and follow ^1.0 from now on, in a fleet whose canary bakes for a day."""
    make_deployers(stage)
    for account in (RESEARCH, PRODUCTION):
        document = rendered(policy_in("bake"), account)
        stage.client("iam", account).put_role_policy(RoleName=DEPLOYER, PolicyName="bake", PolicyDocument=document)
    (stage.project / "fleet.yaml").write_text(FLEET)
    for stack in ("organization", "hub"):
        _ = stage.up(stack)
    launch(stage, "1.0.0")
    assert 0 == fleet(stage, "up")[0]
    launch(stage, "^1.0")
    return stage


def launch(stage: Stage, version: str) -> None:
    """Let both spokes ask for a version, and for nothing else."""
    for name in ("research", "production"):
        path = stage.project / f"Pulumi.spoke-{name}.yaml"
        settings = yaml.safe_load(path.read_text())
        settings["config"]["model-catalog-spoke:launches"] = [{**LAUNCH, "version": version}]
        path.write_text(yaml.safe_dump(settings))


def fleet(stage: Stage, *words: str) -> tuple[int, str]:
    """Run a command of the fleet."""
    done = stage.run("model-catalog", "fleet", *words)
    assert "Traceback" not in done.stdout
    return done.returncode, done.stdout


def versions(stage: Stage) -> list[str]:
    """Give what AWS has of the launch, in the canary and after it."""
    found: list[str] = []
    for account in (RESEARCH, PRODUCTION):
        catalog = stage.client("servicecatalog", account)
        [product] = catalog.search_provisioned_products(AccessLevelFilter={"Key": "Account", "Value": "self"})[
            "ProvisionedProducts"
        ]
        found.append(product["ProvisioningArtifactName"])
    return found


def let_a_day_pass(stage: Stage) -> None:
    """Let the canary's launch have arrived a day ago."""
    backend = stage.environment()["PULUMI_BACKEND_URL"].removeprefix("file://")
    path = Path(backend) / ".fleet" / "records" / "spoke-research.json"
    record = json.loads(path.read_text())
    since = dt.datetime.fromisoformat(record["launches"][0]["since"])
    record["launches"][0]["since"] = (since - dt.timedelta(hours=25)).isoformat()
    path.write_text(json.dumps(record))


def publish_a_correction(stage: Stage) -> None:
    """Publish 1.1.1 of the product."""
    folder = stage.project / "hub" / "catalog" / "products" / "fraud-detector-realtime"
    for suffix in ("yaml", "card.yaml"):
        text = (folder / f"1.1.0.{suffix}").read_text()
        (folder / f"1.1.1.{suffix}").write_text(text.replace("1.1.0", "1.1.1") + "# corrected\n")
    product = yaml.safe_load((folder / "product.yaml").read_text())
    files = {"template": "1.1.1.yaml", "card": "1.1.1.card.yaml"}
    latest = next(each for each in product["versions"] if each["version"] == "1.1.0")
    product["versions"].append({**latest, **files, "version": "1.1.1", "description": "A correction."})
    (folder / "product.yaml").write_text(yaml.safe_dump(product, sort_keys=False))
    _ = stage.succeed("lock")
    _ = stage.up("hub")


def flicker(stage: Stage) -> str:
    """Let the launch's alarm in the canary go on and off again, and name it."""
    alarms = stage.client("cloudwatch", RESEARCH)
    [alarm] = alarms.describe_alarms()["MetricAlarms"]
    for state in ("ALARM", "OK"):
        alarms.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue=state, StateReason="as a test says")
    return alarm["AlarmName"]


def report(stage: Stage) -> dict[str, Any]:
    """Read the report of the last rollout."""
    [*_, last] = sorted((stage.project / ".fleet" / "runs").glob("*/report.json"))
    return json.loads(last.read_text())


def test_a_version_goes_on_when_its_time_has_passed_and_is_taken_back_when_an_alarm_went_on(baking: Stage) -> None:
    first = fleet(baking, "up")
    canary_alone = versions(baking)
    second = fleet(baking, "up")
    let_a_day_pass(baking)
    planned = fleet(baking, "plan")
    third = fleet(baking, "up")
    everywhere = versions(baking)

    assert 0 == first[0], first[1]
    assert ["1.1.0", "1.0.0"] == canary_alone
    assert (0, True) == (second[0], "2 unchanged" in second[1]), second[1]
    assert "note: fraud-detector-realtime 1.1.0 bakes in canary until 20" in second[1]
    assert "2 spokes: 2 unchanged" in planned[1], "a plan judges nothing"
    assert 0 == third[0], third[1]
    assert "note: fraud-detector-realtime 1.1.0 has passed canary" in third[1]
    assert ["1.1.0", "1.1.0"] == everywhere

    publish_a_correction(baking)
    arrived = fleet(baking, "up")
    ahead = versions(baking)
    alarm = flicker(baking)
    back = fleet(baking, "up")
    after = versions(baking)
    told = report(baking)
    by_hand = baking.up("spoke-research")
    settled = fleet(baking, "up")
    history = fleet(baking, "history", "--spoke", "research")

    assert 0 == arrived[0], arrived[1]
    assert ["1.1.1", "1.1.0"] == ahead
    assert 1 == back[0], back[1]
    assert ["1.1.0", "1.1.0"] == after
    assert "wave canary: 1 to run" in back[1]
    assert "spoke-production" not in {each["stack"] for each in told["spokes"]}
    [why] = next(each["why"] for each in told["spokes"] if each["stack"] == "spoke-research")
    assert why.startswith("fraud-scoring goes back from 1.1.1 to 1.1.0: 1.1.1 was taken back in canary on ")
    assert alarm in why
    assert [("canary", "1.1.1", False, True)] == [
        (each["wave"], each["version"], each["passed"], each["taken_back"]) for each in told["bakes"]
    ]
    assert "unchanged" in by_hand
    assert "updated" not in by_hand
    assert ["1.1.0", "1.1.0"] == versions(baking)
    assert (0, True) == (settled[0], "2 unchanged" in settled[1]), settled[1]
    assert "went on at" in history[1]

    again = fleet(baking, "up", "--again", "fraud-detector-realtime@1.1.1")

    assert 0 == again[0], again[1]
    assert ["1.1.1", "1.1.0"] == versions(baking)
