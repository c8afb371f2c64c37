"""The life of the stacks: organization, hub, spoke, unchanged, refresh, a version moved, a launch that fails."""

from typing import Any, Final

from cli.errors import RehearsalError
from cli.proving.deployers import boundary_of
from cli.proving.inventory import OWN_LAUNCHES, pages
from cli.proving.parties import HUB, MANAGEMENT, SPOKE
from cli.proving.stage import SPOKE_STACK, STACKS, counts, tail
from cli.proving.step import Proof, Step
from cli.proving.trust import delegates_of, status_of

_UP: Final = ("--yes", "--suppress-progress")


class Organization(Step):
    """Deploys the organization's stack."""

    name = "organization"
    what = "deploys the organization's stack"
    undo = "destroys it, deregisters the delegate and turns the access off, which the stack itself never does"

    def run(self, proof: Proof) -> None:
        """Deploy it."""
        proof.record.intend(MANAGEMENT, "stack of Pulumi", "organization")
        proof.stage.write_settings("organization", {"hubAccountId": proof.parties[HUB].account})
        _deploy(proof, "organization")
        proof.fact("trusted access", status_of(proof.parties))
        proof.fact("the hub is the delegate", delegates_of(proof.parties) == [proof.parties[HUB].account])


class Hub(Step):
    """Deploys the hub's stack."""

    name = "hub"
    what = "publishes a product with two versions, and shares its portfolio with the spoke's unit"
    undo = "destroys the stack, which is not protected"

    def run(self, proof: Proof) -> None:
        """Deploy it."""
        proof.record.intend(HUB, "stack of Pulumi", "hub")
        share = {"portfolio": proof.mark, "type": "ORGANIZATIONAL_UNIT", "target": proof.unit}
        proof.stage.write_settings("hub", {"protect": False, "shares": [share]})
        _deploy(proof, "hub")
        catalog = proof.client(HUB, "servicecatalog")
        (portfolio,) = [
            each for each in pages(catalog, "list_portfolios", "PortfolioDetails") if each["DisplayName"] == proof.mark
        ]
        shares = catalog.describe_portfolio_shares(PortfolioId=portfolio["Id"], Type="ORGANIZATIONAL_UNIT")
        proof.fact("shares", [f"accepted {each['Accepted']}" for each in shares["PortfolioShareDetails"]])
        constraints = pages(catalog, "list_constraints_for_portfolio", "ConstraintDetails", PortfolioId=portfolio["Id"])
        proof.fact("constraints", sorted(each["Type"] for each in constraints))


class Spoke(Step):
    """Deploys the spoke's stack."""

    name = "spoke"
    what = "launches version 1.0.0 twice: a model alone, and one behind a serverless endpoint"
    undo = "destroys the stack, which terminates what was launched"

    def run(self, proof: Proof) -> None:
        """Deploy it."""
        proof.record.intend(SPOKE, "stack of Pulumi", SPOKE_STACK)
        write_launches(proof, "1.0.0")
        _deploy(proof, SPOKE_STACK)
        tell_launches(proof)


class Unchanged(Step):
    """Deploys all of it again."""

    name = "unchanged"
    what = "deploys all three again, and nothing may change"
    undo = "nothing to take back"

    def run(self, proof: Proof) -> None:
        """Deploy; what changes is told with its lines, and is a difference."""
        for stack in STACKS:
            done = _up(proof, stack, "--expect-no-changes", "--diff", log=f"unchanged-{stack}")
            _tell_changes(proof, stack, done)


class Refresh(Step):
    """Compares state and AWS."""

    name = "refresh"
    what = "compares each stack's state with what AWS has, and nothing may differ"
    undo = "nothing to take back"

    def run(self, proof: Proof) -> None:
        """Compare; what differs is told with its lines, and is a difference."""
        for stack in STACKS:
            words = ("--preview-only", "--expect-no-changes", "--diff", "--suppress-progress")
            done = proof.stage.catalog("stack", "refresh", stack, *words, log=f"refresh-{stack}")
            _tell_changes(proof, stack, done)


class Moved(Step):
    """Moves a version."""

    name = "version-moved"
    what = "moves both launches to version 1.1.0"
    undo = "as the spoke"

    def run(self, proof: Proof) -> None:
        """Move it."""
        write_launches(proof, "1.1.0")
        _deploy(proof, SPOKE_STACK, log="moved")
        tell_launches(proof)


class Failed(Step):
    """Lets a launch fail."""

    name = "failed-launch"
    what = "launches what its launch role may not build, sees how that ends, mends the settings and launches again"
    undo = "as the spoke"

    def run(self, proof: Proof) -> None:
        """Let it fail, and go on from there."""
        write_launches(proof, "1.1.0", forbidden=True)
        done = _up(proof, SPOKE_STACK, log="failed")
        proof.fact("stack up ends with", done.returncode)
        if done.returncode == 0:
            raise RehearsalError("a launch that its launch role may not build was built")
        tell_launches(proof)
        catalog = proof.client(SPOKE, "servicecatalog")
        for each in pages(catalog, "scan_provisioned_products", "ProvisionedProducts", **OWN_LAUNCHES):
            if each["Name"] == f"{proof.mark}-failing":
                proof.note(f"AWS says of the launch: {each.get('StatusMessage', 'nothing')}")
        write_launches(proof, "1.1.0", forbidden=False)
        _deploy(proof, SPOKE_STACK, log="mended")
        tell_launches(proof, after="once it was mended, ")


class Destroy(Step):
    """Destroys the stacks."""

    name = "destroy"
    what = "destroys the spoke's, the hub's and the organization's stack"
    undo = "nothing to take back"

    def run(self, proof: Proof) -> None:
        """Destroy them."""
        for stack in reversed(STACKS):
            done = destroy(proof, stack)
            proof.fact(stack, counts(done.stdout))
            if done.returncode != 0:
                raise RehearsalError(f"stack destroy {stack}: {tail(done.stdout)}")


def write_launches(proof: Proof, version: str, *, forbidden: bool | None = None) -> None:
    """Write the spoke's settings with its launches; a third one if it is said whether that asks for too much."""
    launches: list[dict[str, Any]] = [
        {"name": f"{proof.mark}-model", "product": proof.mark, "version": version, "parameters": {}},
        {"name": f"{proof.mark}-served", "product": proof.mark, "version": version, "parameters": {"Served": "true"}},
    ]
    if forbidden is not None:
        parameters = {"Forbidden": str(forbidden).lower()}
        launches.append(
            {"name": f"{proof.mark}-failing", "product": proof.mark, "version": version, "parameters": parameters}
        )
    proof.stage.write_settings(
        SPOKE_STACK,
        {
            "hub": {"accountId": proof.parties[HUB].account},
            "permissionsBoundary": boundary_of(proof),
            "launches": launches,
        },
    )


def tell_launches(proof: Proof, *, after: str = "") -> None:
    """Write down what the spoke's account has, as AWS tells it."""
    catalog, sagemaker = proof.client(SPOKE, "servicecatalog"), proof.client(SPOKE, "sagemaker")
    for each in pages(catalog, "scan_provisioned_products", "ProvisionedProducts", **OWN_LAUNCHES):
        if not each["Name"].startswith(proof.mark) or "-probe-" in each["Name"]:
            continue
        name = each["Name"].removeprefix(f"{proof.mark}-")
        proof.fact(f"{after}{name} is", each["Status"])
        if each["Status"] != "AVAILABLE":
            continue
        record = catalog.describe_record(Id=each["LastRecordId"])
        tags = {tag["Key"]: tag["Value"] for tag in record["RecordDetail"].get("RecordTags", [])}
        told = [f"{key}={value}" for key, value in sorted(tags.items()) if not key.startswith("aws:")]
        proof.fact(f"{after}tags of {name}", [proof.without_ids(tag) for tag in told])
        proof.fact(f"{after}outputs of {name}", sorted(out["OutputKey"] for out in record.get("RecordOutputs", [])))
    endpoints = pages(sagemaker, "list_endpoints", "Endpoints")
    proof.fact(f"{after}endpoints", sorted(each["EndpointStatus"] for each in endpoints))


def destroy(proof: Proof, stack: str) -> Any:  # noqa: ANN401 - a finished process
    """Destroy a stack. What the organization's keeps for good is given up first; `trust.end_trust` ends it."""
    if stack == "organization":
        words = ("pulumi", "-C", "organization", "-s", stack, "state", "unprotect", "--all", "--yes")
        _ = proof.stage.run(*words, log="unprotect")
    hub = ["--acknowledge-launches"] if stack == "hub" else []
    words = ("stack", "destroy", stack, "--yes", "--skip-preview", "--suppress-progress", *hub)
    return proof.stage.catalog(*words, log=f"destroy-{stack}")


def _tell_changes(proof: Proof, stack: str, done: Any) -> None:  # noqa: ANN401 - a finished process
    """Write down what a run that may change nothing has found.

    Raises:
        RehearsalError: it did not come so far.
    """
    if done.returncode and "no changes were expected" not in done.stdout:
        raise RehearsalError(f"{stack} was not compared: {tail(done.stdout)}")
    proof.fact(stack, counts(done.stdout))
    proof.fact(f"{stack} ends with", done.returncode)
    if done.returncode:
        proof.note(f"{stack}: {tail(done.stdout)}")


def _up(proof: Proof, stack: str, *options: str, log: str) -> Any:  # noqa: ANN401 - a finished process
    return proof.stage.catalog("stack", "up", stack, *_UP, *options, log=log)


def _deploy(proof: Proof, stack: str, *, log: str = "") -> None:
    """Deploy a stack, with the checks of its preview, and write down what was made.

    Raises:
        RehearsalError: it failed.
    """
    done = _up(proof, stack, log=log or f"up-{stack}")
    if done.returncode != 0:
        raise RehearsalError(f"stack up {stack}: {tail(done.stdout)}")
    proof.fact("made", counts(done.stdout))
    lines = (line.partition("warning:") for line in done.stdout.splitlines())
    warnings = {proof.without_ids(" ".join(text.split())) for _, found, text in lines if found}
    proof.fact("warnings", sorted(warnings))
