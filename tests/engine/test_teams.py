"""A team's repository: a stack beside another one of its account, run by the package, and seen by the fleet."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.rehearsal.deployers import MANAGEMENT, policy_in, rendered
from tests.support.assuming import assumed
from tests.support.paths import ROOT
from tests.support.stage import PRODUCTION, Stage
from tests.support.wheel import build, install

Run = Callable[..., subprocess.CompletedProcess[str]]
ROLE = "RiskDeployer"


@pytest.fixture(scope="module")
def deployer(catalog: Stage) -> Iterator[str]:
    """Make the role that the team deploys as, with exactly the recommended policy, and let it launch."""
    iam, shares = catalog.client("iam", PRODUCTION), catalog.client("servicecatalog", PRODUCTION)
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    policy = rendered(policy_in("team-deployer"), PRODUCTION).replace("${Role}", ROLE)
    iam.put_role_policy(RoleName=ROLE, PolicyName="deployer", PolicyDocument=policy)
    _ = assumed(catalog.client("sts", MANAGEMENT), arn)
    listed = shares.list_accepted_portfolio_shares(PortfolioShareType="AWS_ORGANIZATIONS")["PortfolioDetails"]
    [portfolio] = [each["Id"] for each in listed if each["DisplayName"] == "Online inference models"]
    shares.associate_principal_with_portfolio(PortfolioId=portfolio, PrincipalARN=arn, PrincipalType="IAM")
    yield arn
    shares.disassociate_principal_from_portfolio(PortfolioId=portfolio, PrincipalARN=arn)
    iam.delete_role_policy(RoleName=ROLE, PolicyName="deployer")
    iam.delete_role(RoleName=ROLE)


@pytest.fixture(scope="module")
def repository(catalog: Stage, deployer: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a team's repository, with the wheel in its environment and nothing of the checkout in reach."""
    folder = tmp_path_factory.mktemp("team") / "risk-models"
    written = catalog.run("python", "-m", "cli", "spoke", "new-repository", str(folder), "risk", PRODUCTION, "--beside")
    assert 0 == written.returncode, written.stdout
    install(build(folder.parent), folder / ".venv")
    settings = folder / "Pulumi.spoke-risk.yaml"
    text = settings.read_text().replace(f"arn:aws:iam::{PRODUCTION}:role/ModelCatalogDeployer", deployer)
    settings.write_text(text)
    return folder


@pytest.fixture
def run(catalog: Stage, repository: Path) -> Run:
    """Give a way to run a command there, as a team does: its environment's programs, and the Pulumi CLI."""

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in catalog.environment().items() if name != "PYTHONPATH"}
        path = [str(repository / ".venv" / "bin"), str(ROOT / ".tools" / "bin"), "/usr/bin", "/bin"]
        return subprocess.run(
            command,
            cwd=repository,
            env=environment | {"PATH": os.pathsep.join(path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def leaving(run: Run, repository: Path) -> Iterator[None]:
    """Take the team's stack away at the end."""
    yield
    done = run("model-catalog", "stack", "destroy", "spoke-risk", "--yes")
    assert 0 == done.returncode, done.stdout
    removed = run("pulumi", "-C", str(repository / "spoke"), "stack", "rm", "spoke-risk", "--yes")
    assert 0 == removed.returncode, removed.stdout


@pytest.mark.usefixtures("leaving")
def test_a_team_runs_its_stack_by_the_package_and_the_fleet_sees_it(catalog: Stage, repository: Path, run: Run) -> None:
    """What the other stack of the account has is refused in a preview; what it set up is used."""
    settings = repository / "Pulumi.spoke-risk.yaml"
    written = run("model-catalog", "spoke", "new-launch", "risk", "fraud-detector-realtime", "--version", "1.1.0")
    assert 0 == written.returncode, written.stdout
    text = settings.read_text()
    settings.write_text(text.replace("spoke:portfolios: []", "spoke:portfolios: [online-inference]"))

    refused = run("model-catalog", "stack", "preview", "spoke-risk")

    assert 0 != refused.returncode
    assert "not checked" not in refused.stdout, "the policy lets every check look"
    assert re.search(
        r"Pulumi\.spoke-risk\.yaml: portfolios: the role ModelCatalogLaunch-\S+ is that of "
        r"spoke-production, a stack of the same account",
        refused.stdout,
    ), refused.stdout
    assert "Traceback" not in refused.stdout

    settings.write_text(text)
    done = run("model-catalog", "stack", "up", "spoke-risk", "--yes", "--skip-preview")

    assert 0 == done.returncode, done.stdout
    rows = json.loads(catalog.run("python", "-m", "cli", "fleet", "status", "--json").stdout)
    [row] = [row for row in rows if row["stack"] == "spoke-risk"]
    assert (PRODUCTION, "risk-fraud-detector-realtime", "1.1.0", "AVAILABLE", True) == (
        row["account"],
        row["launch"],
        row["version"],
        row["status"],
        row["elsewhere"],
    )
    assert not [row for row in rows if row["launched_by"]], "every launch of the account is some stack's"
    plan = catalog.run("python", "-m", "cli", "fleet", "plan").stdout
    assert "run from another repository, and left alone here: spoke-risk" in plan
    moves = json.loads(catalog.run("python", "-m", "cli", "fleet", "history", "--spoke", "risk", "--json").stdout)
    assert [("risk-fraud-detector-realtime", "", "1.1.0", PRODUCTION)] == [
        (move["launch"], move["before"], move["after"], move["account"]) for move in moves
    ]
    assert 0 == catalog.run("python", "-m", "cli", "stack", "preview", "spoke-production").returncode

    settings.write_text(settings.read_text().replace("1.1.0", "1.0.0"))
    by_hand = run("pulumi", "-C", str(repository / "spoke"), "-s", "spoke-risk", "up", "--yes", "--skip-preview")
    assert 0 == by_hand.returncode, by_hand.stdout
    told = catalog.run("python", "-m", "cli", "fleet", "history", "--spoke", "risk", "--json")
    assert 0 == told.returncode, "what Pulumi remembers is no break of the chain"
    assert [("up", "", "1.1.0"), ("by hand: up", "1.1.0", "1.0.0")] == [
        (move["operation"], move["before"], move["after"]) for move in json.loads(told.stdout)
    ]
