"""A fleet on the real engine: who runs, who does not, and what is said about it."""

import json

from benchmarks.fleet_stage import account, stack
from fleet.store.records import SCHEMA_VERSION
from tests.support.assuming import assumed
from tests.support.fleet.stage import Fleet
from tests.support.paths import ROOT

MANAGEMENT = "111122223333"
ALL = {stack(index) for index in range(4)}


def test_what_is_where_it_is_wanted_does_not_run_again(fleet: Fleet) -> None:
    assert set() == fleet.changed()

    done = fleet.fleet("up")

    assert (0, "4 unchanged\n") == (done.code, done.output)


def test_a_forced_spoke_runs_and_stays_as_it_is(fleet: Fleet) -> None:
    report = fleet.roll_out("--force", "--only", "a00001")

    assert {stack(1)} == report["by"].keys()
    assert report["by"][stack(1)]["changes"].endswith("unchanged")
    assert "updated" not in report["by"][stack(1)]["changes"]
    assert report["by"][stack(1)]["cpu_seconds"] > 0


def test_a_new_version_concerns_only_those_who_follow_it(fleet: Fleet) -> None:
    fleet.publish_a_version()

    plan = fleet.plan()
    report = fleet.roll_out()

    assert {stack(0)} == {name for name, verdict in plan.items() if verdict["verdict"] == "changed"}
    assert ["demand-forecast moves from 1.0.0 to 1.0.1"] == plan[stack(0)]["reasons"]
    assert {stack(0)} == report["by"].keys()
    assert "1.0.1" == fleet.outputs(stack(0))["launches"]["demand-forecast"]["version"]


def test_a_description_concerns_nobody(fleet: Fleet) -> None:
    before = fleet.outputs("hub")["catalog"]["content_hash"]

    fleet.describe_anew()

    assert before != fleet.outputs("hub")["catalog"]["content_hash"]
    assert set() == fleet.changed()


def test_a_spoke_that_a_person_ran_is_not_run_again_and_the_history_says_who(fleet: Fleet) -> None:
    before = json.loads(fleet.fleet("history", "--spoke", stack(2), "--json").output)

    _ = fleet.up(stack(2))

    [*earlier, last] = json.loads(fleet.fleet("history", "--spoke", stack(2), "--json").output)
    assert set() == fleet.changed()
    assert before == earlier
    assert ("up", "succeeded", account(2)) == (last["operation"], last["outcome"], last["account"])
    assert last["actor"].startswith(f"arn:aws:iam::{MANAGEMENT}:")


def test_a_spoke_that_somebody_updated_with_pulumi_itself_is_run_again(fleet: Fleet) -> None:
    _ = fleet.run("pulumi", "-C", "spoke", "-s", stack(2), "up", "--yes", "--skip-preview")

    plan = fleet.plan()

    assert {stack(2)} == {name for name, verdict in plan.items() if verdict["verdict"] == "changed"}
    assert "by somebody else or a run that failed" in plan[stack(2)]["reasons"][0]
    assert {stack(2)} == fleet.roll_out()["by"].keys()


def test_the_history_of_a_fleet_is_whole_and_says_which_accounts_ran_a_version(fleet: Fleet) -> None:
    done = fleet.fleet("history", "--product", "text-embedder-serverless", "--version", "1.0.0", "--json")

    rows = json.loads(done.output)
    assert 0 == done.code
    assert {account(index) for index in range(4)} == {row["account"] for row in rows}
    assert all(row["digest"] and row["template"] and not row["own_model"] for row in rows)


def test_a_dry_run_previews_and_changes_nothing(fleet: Fleet) -> None:
    settings = fleet.project / f"Pulumi.{stack(3)}.yaml"
    before = settings.read_text()
    fleet.change(3, value="dry")

    report = fleet.roll_out("--dry-run")
    plan = fleet.plan()

    assert {"previewed"} == {each["ending"] for each in report["spokes"]}
    assert {stack(3)} == report["by"].keys()
    assert ("changed", ["the settings of embeddings changed"]) == (plan[stack(3)]["verdict"], plan[stack(3)]["reasons"])
    _ = settings.write_text(before)
    assert set() == fleet.changed()


def test_an_unreadable_record_is_told_and_written_anew(fleet: Fleet) -> None:
    _ = (fleet.records / f"{stack(1)}.json").write_text("{torn")

    [reason] = fleet.plan()[stack(1)]["reasons"]
    _ = fleet.roll_out()

    assert reason.startswith("its record cannot be read: it is not JSON")
    assert "succeeded" == fleet.report()["by"][stack(1)]["ending"]
    assert set() == fleet.changed()


def test_a_record_of_a_newer_release_ends_the_command(fleet: Fleet) -> None:
    path = fleet.records / f"{stack(1)}.json"
    before = path.read_text()
    _ = path.write_text(json.dumps(json.loads(before) | {"schema_version": "2.0"}))

    said = fleet.refused("up")

    assert f"a newer release wrote it (version 2.0; this one reads {SCHEMA_VERSION})" in said
    _ = path.write_text(before)


def test_a_status_tells_who_runs_what_since_when(fleet: Fleet) -> None:
    done = fleet.fleet("status", "--json")
    rows = {(row["stack"], row["launch"]): row for row in json.loads(done.output)}

    assert ALL == {row["stack"] for row in rows.values()}
    embeddings = rows[stack(0), "embeddings"]
    assert ("text-embedder-serverless", "1.0.0", "active", "AVAILABLE") == tuple(
        embeddings[key] for key in ("product", "version", "state", "status")
    )
    assert "Workloads/U00" == embeddings["unit"]
    assert embeddings["contract"].startswith("sha256:")


def test_what_was_changed_by_hand_is_drift_and_no_change(fleet: Fleet) -> None:
    iam = fleet.client("iam", account(1))
    _ = iam.update_role(RoleName="ModelCatalogLaunch-text-embedder-serverless", Description="by hand")

    done = fleet.fleet("drift", "--json")

    found = {each["stack"]: each["changes"] for each in json.loads(done.output)}
    assert 1 == done.code
    assert ["Role text-embedder-serverless-launch was changed: description"] == found.pop(stack(1))
    assert {(): 3} == {tuple(changes): list(found.values()).count(changes) for changes in found.values()}
    assert set() == fleet.changed()


def test_the_rights_of_docs_iam_are_enough_to_roll_out(fleet: Fleet) -> None:
    policy = (ROOT / "docs" / "iam" / "fleet.json").read_text().replace("${Partition}", "aws")
    iam = fleet.client("iam", MANAGEMENT)
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="ModelCatalogFleet", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    _ = iam.put_role_policy(
        RoleName="ModelCatalogFleet",
        PolicyName="fleet",
        PolicyDocument=policy.replace("ModelCatalogDeployer", "OrganizationAccountAccessRole"),
    )
    given = assumed(fleet.client("sts", MANAGEMENT), role)
    names = {"AccessKeyId": "ACCESS_KEY_ID", "SecretAccessKey": "SECRET_ACCESS_KEY", "SessionToken": "SESSION_TOKEN"}
    as_fleet = {f"AWS_{name}": given[key] for key, name in names.items()}

    done = fleet.fleet("up", "--force", "--only", stack(1), variables=as_fleet)

    assert 0 == done.code, done.output
    assert "note:" not in done.output


def test_a_hub_that_was_never_deployed_ends_the_command(fleet: Fleet, tmp_path: object) -> None:
    said = fleet.refused("up", variables={"PULUMI_BACKEND_URL": f"file://{tmp_path}"})

    assert "hub: the hub was never deployed on this backend" in said
    assert "model-catalog stack up hub" in said
