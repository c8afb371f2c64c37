"""What nobody has published of AWS, and the project reckons with: delays, tags that are sent twice, throttling."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.proving.clearing import clear
from cli.proving.parties import HUB, SPOKE
from cli.proving.probe import ADMINISTRATOR, Probe
from cli.proving.step import Proof, Step
from sandbox.aws.servicecatalog.artifacts import CREATION_SECONDS
from sandbox.aws.servicecatalog.portfolios import CONSISTENCY_SECONDS
from sandbox.clock import IAM_SECONDS
from shared.aws.session import code_of, error_text
from spoke.resources.launch_path import PATIENCE
from spoke.resources.new_roles import KNOWN_AFTER

_TIMES: Final = 3
_SHARE_SECONDS: Final = 900
"""The provider's limit for a share is 15 minutes (source: terraform-provider-aws, portfolio_share.go)."""
_VERSION_SECONDS: Final = 180
"""Of a version, 3 minutes (source: terraform-provider-aws, provisioning_artifact.go)."""
_ROLE_SECONDS: Final = 300
_CALLS: Final = 100
_AT_ONCE: Final = 16


class Measures(Step):
    """Measures."""

    name = "measures"
    what = "measures IAM's delay, launch paths, shares, tags that are sent twice and throttling, by AWS's own calls"
    undo = "terminates, unshares and deletes what it made, all of which has the run's mark"

    def run(self, proof: Proof) -> None:
        """Measure."""
        self._roles(proof)
        probe = Probe(proof)
        proof.measure(
            "a version is available",
            [probe.version_seconds],
            sandbox=CREATION_SECONDS,
            relied_on=_VERSION_SECONDS,
            by="the plug-in",
        )
        complete, imported = probe.share()
        proof.measure(
            "a share is complete", [complete], sandbox=6, relied_on=_SHARE_SECONDS, by="the plug-in (timeout)"
        )
        proof.measure("the spoke has the portfolio", [imported], sandbox=6)
        paths = [probe.path_seconds()]
        for _ in range(_TIMES - 1):
            probe.no_path()
            paths.append(probe.path_seconds())
        proof.measure(
            "a launch path is there",
            paths,
            sandbox=CONSISTENCY_SECONDS,
            relied_on=PATIENCE,
            by="a spoke",
        )
        self._tags(proof, probe)
        self._throttling(proof)
        proof.measure("a share has ended", [probe.unshare()], sandbox=6, relied_on=_SHARE_SECONDS, by="the plug-in")
        for line in clear(proof, lambda item: item.name.startswith((probe.name, *_own(proof)))):
            if "cannot be removed" in line:
                proof.note(line)

    def _roles(self, proof: Proof) -> None:
        """See when others than IAM know a role."""
        iam, found = proof.client(SPOKE, "iam"), dict[str, list[float]]()
        portfolio = f"{proof.mark}-roles"
        proof.record.intend(SPOKE, "portfolio", portfolio)
        catalog = proof.client(SPOKE, "servicecatalog")
        of = catalog.create_portfolio(DisplayName=portfolio, ProviderName="proof")["PortfolioDetail"]["Id"]
        trust = {"Effect": "Allow", "Principal": {"AWS": proof.parties[SPOKE].caller}, "Action": "sts:AssumeRole"}
        for number in range(_TIMES):
            name = f"{proof.mark}-new-{number}"
            proof.record.intend(SPOKE, "role", name)
            role = iam.create_role(
                RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
            )["Role"]["Arn"]
            iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=ADMINISTRATOR)
            begun = time.monotonic()
            asked: dict[str, Callable[[], object]] = {
                "sts:AssumeRole knows a new role": _assuming(proof, role),
                "Service Catalog knows a new role as a principal": _granting(catalog, of, role),
            }
            while asked and time.monotonic() - begun < _ROLE_SECONDS:
                for what, ask in list(asked.items()):
                    if _works(ask):
                        found.setdefault(what, []).append(time.monotonic() - begun)
                        del asked[what]
                time.sleep(0.3)
            for what in asked:
                proof.note(f"{what}: not within {_ROLE_SECONDS} s")
        for what, seconds in found.items():
            proof.measure(what, seconds, sandbox=IAM_SECONDS, relied_on=KNOWN_AFTER, by="a spoke, before a launch")

    def _tags(self, proof: Proof, probe: Probe) -> None:
        """See what becomes of tags that portfolio and product give anyway."""
        catalogs, took = {"from-portfolio": "p", "from-product": "q"}, list[float]()
        for name, tags in {
            "left": {},
            "sent": catalogs,
            "contrary": catalogs | {"from-product": "other"},
        }.items():
            what = f"tags of the catalog that are {name}"
            try:
                record, seconds = probe.launch(name, {"own": "o", **tags})
            except ClientError as problem:
                proof.fact(what, code_of(problem))
                proof.note(f"{what}: {error_text(problem)}")
                continue
            took.append(seconds)
            proof.fact(what, [record["Status"], *probe.tags_of(record)])
            if errors := record.get("RecordErrors"):
                proof.note(f"{what}: {errors[0].get('Description')}")
        proof.measure("a launch of nothing", took, sandbox=30)

    def _throttling(self, proof: Proof) -> None:
        """See how many calls a second Service Catalog takes, without trying any of them again."""
        client = proof.client(HUB, "servicecatalog", patient=False)
        begun = time.monotonic()
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            asked: list[Callable[[], object]] = [client.list_portfolios] * _CALLS
            answers = list(threads.map(_code, asked))
        rate = _CALLS / (time.monotonic() - begun)
        refused = [each for each in answers if each]
        proof.note(
            f"throttling: {len(refused)} of {_CALLS} calls of ListPortfolios at {rate:.0f} a second were refused"
            f"{': ' + ', '.join(sorted(set(refused))) if refused else ''}"
        )
        proof.fact("calls at once are refused with", sorted(set(refused)))


def _own(proof: Proof) -> tuple[str, ...]:
    return (f"{proof.mark}-new-", f"{proof.mark}-roles")


def _assuming(proof: Proof, role: str) -> Callable[[], object]:
    sts = proof.client(SPOKE, "sts", patient=False)
    return lambda: sts.assume_role(RoleArn=role, RoleSessionName="proof")


def _granting(catalog: Any, portfolio: str, role: str) -> Callable[[], object]:  # noqa: ANN401 - clients are made at run time
    return lambda: catalog.associate_principal_with_portfolio(
        PortfolioId=portfolio, PrincipalARN=role, PrincipalType="IAM"
    )


def _works(ask: Callable[[], object]) -> bool:
    try:
        _ = ask()
    except ClientError:
        return False
    return True


def _code(ask: Callable[[], object]) -> str:
    try:
        _ = ask()
    except ClientError as problem:
        return code_of(problem)
    return ""
