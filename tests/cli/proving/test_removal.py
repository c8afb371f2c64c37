"""Removing what a run left, in whatever state it died."""

import datetime as dt
import json

from cli.proving.measures import Measures
from cli.proving.probe import Probe
from cli.proving.record import StepRecord, find_run
from cli.proving.rehearsal import ACCOUNTS
from cli.proving.removal import remove_all
from cli.proving.run import remove
from cli.proving.trust import Trust, status_of
from tests.support.proving import MARK, World
from tests.support.sandbox.process import trust_service_catalog

NOW = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)


def test_all_that_a_probe_made_goes_and_the_organization_is_as_it_was(world: World) -> None:
    before = world.items()
    proof = world.proof()
    proof.begin(StepRecord(name="trust", what="", undo="", began=NOW))
    Trust().run(proof)
    probe = Probe(proof)
    probe.share()
    probe.path_seconds()
    probe.launch("left", {"own": "o"})
    world.role("spoke", f"{MARK}-new-1")
    world.client("hub", "logs").create_log_group(logGroupName=f"{MARK}-logs")
    world.client("spoke", "sns").create_topic(Name=f"{MARK}-topic")
    packages = world.client("hub", "sagemaker")
    packages.create_model_package_group(ModelPackageGroupName=MARK)
    packages.create_model_package(
        ModelPackageGroupName=MARK,
        InferenceSpecification={
            "Containers": [{"Image": "1.dkr.ecr.eu-central-1.amazonaws.com/x:1"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )
    proof.record.save()

    assert 0 == remove(proof.record.run)

    assert before == world.items()
    assert "DISABLED" == status_of(world.parties)
    found = find_run(proof.record.run)
    assert found.removed
    assert [] == found.remains
    assert any("provisioned product <mark>-probe-left" in line for line in found.removal)
    assert "nothing of the run is left" in (found.folder / "proof.md").read_text()


def test_what_is_not_the_runs_stays_and_is_named(world: World) -> None:
    proof = world.proof()
    world.role("hub", "somebody")
    proof.record.save()

    assert 0 == remove(proof.record.run)

    assert [f"{ACCOUNTS['hub']}: role somebody (not this run's, by its name)"] == find_run(proof.record.run).remains
    assert any(item.name == "somebody" for item in world.items())


def test_what_was_there_before_stays_even_under_the_runs_mark(world: World) -> None:
    world.role("hub", f"{MARK}-older")
    proof = world.proof()

    assert ["nothing of the run is left"] == list(remove_all(proof))
    assert any(item.name == f"{MARK}-older" for item in world.items())


def test_what_cannot_be_removed_is_named_and_the_run_is_not_removed(world: World) -> None:
    proof = world.proof()
    world.role("hub", f"{MARK}-kept")
    world.sandbox.post("faults", [{"operation": "iam:DeleteRole", "error": "AccessDenied"}])
    proof.record.save()

    assert 1 == remove(proof.record.run)

    found = find_run(proof.record.run)
    assert not found.removed
    assert [f"{ACCOUNTS['hub']}: role {MARK}-kept"] == found.remains
    assert any("cannot be removed: An error occurred (AccessDenied)" in line for line in found.removal)
    world.sandbox.post("faults", [])
    assert 0 == remove(proof.record.run)


def test_a_launch_goes_whose_role_is_gone(world: World) -> None:
    """AWS would need the role to terminate it."""
    trust_service_catalog(world.sandbox)
    proof = world.proof()
    proof.begin(StepRecord(name="x", what="", undo="", began=NOW))
    probe = Probe(proof)
    probe.share()
    for part in ("hub", "spoke"):
        world.role(part, f"{MARK}-launch")
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        world.client(part, "iam").put_role_policy(
            RoleName=f"{MARK}-launch", PolicyName="all", PolicyDocument=json.dumps(document)
        )
    world.client("hub", "servicecatalog").create_constraint(
        PortfolioId=probe.portfolio,
        ProductId=probe.product,
        Type="LAUNCH",
        Parameters=json.dumps({"LocalRoleName": f"{MARK}-launch"}),
    )
    probe.path_seconds()
    probe.launch("stranded", {})
    iam = world.client("spoke", "iam")
    iam.delete_role_policy(RoleName=f"{MARK}-launch", PolicyName="all")
    iam.delete_role(RoleName=f"{MARK}-launch")

    assert "nothing of the run is left" == list(remove_all(proof))[-1]


def test_measuring_leaves_nothing_behind_and_says_what_the_project_waits_for(world: World) -> None:
    trust_service_catalog(world.sandbox)
    proof = world.proof()
    before = world.items()
    proof.begin(StepRecord(name="measures", what="", undo="", began=NOW))

    Measures().run(proof)

    (step,) = proof.record.steps
    facts = {each.name: each.value for each in step.facts}
    assert before == world.items()
    assert "COMPLETED" == facts["a share with a unit ends"]
    assert ["SUCCEEDED", "from-portfolio=p", "from-product=q", "own=o"] == facts["tags of the catalog that are sent"]
    assert [] == facts["calls at once are refused with"]
    waits = {each.name: (each.relied_on, len(each.seconds)) for each in step.measures}
    assert (15, 3) == waits["sts:AssumeRole knows a new role"]
    assert (600, 3) == waits["a launch path is there"]
    assert not any(each.is_beyond for each in step.measures)
