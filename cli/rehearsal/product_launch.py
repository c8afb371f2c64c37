"""Launches a product on a sandbox of its own, with the product's launch role and nothing else, and ends it again."""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.exit_codes import reached
from cli.rehearsal.launch_region import chosen_region
from cli.rehearsal.launch_surroundings import answers_of, make_roles, put_code, put_nested, put_template
from cli.rehearsal.launch_values import Values
from cli.rehearsal.sandbox_process import SandboxProcess
from cli.verbs import print_json
from hub.definitions.derived.expansion import expanded
from hub.definitions.derived.product_rights import ProductRights, read_product_rights
from hub.definitions.templates import Template
from shared.aws.arn import partition_of
from shared.aws.iam import parse
from shared.aws.policies import execution_trust, launch_trust, render
from shared.aws.session import error_text
from shared.catalog.lifecycle import as_of
from shared.catalog.parameters import MASK
from shared.errors import ContentError
from shared.stack.names import BUCKETS, launch_role_name

ACCOUNT: Final = "333344445555"
_STEPS: Final = ("launch", "update of its tags", "termination")
_ENDED: Final = ("SUCCEEDED", "FAILED")
_PAUSE_SECONDS: Final = 0.02


@dataclass
class Report:
    """How a launch went.

    Attributes:
        steps: What each step ended with; empty where it was done.
        used: The actions that the launch role was asked for and had.
        unchecked: Those that the types' handlers name, and the sandbox does not ask for (docs/adr/0021).
        unused: Those that its file allows beside these.
        notes: How the sandbox keeps what it does not emulate.
    """

    product: str
    version: str
    region: str
    values: dict[str, str]
    steps: dict[str, str] = field(default_factory=dict[str, str])
    used: list[str] = field(default_factory=list[str])
    unused: list[str] = field(default_factory=list[str])
    unchecked: set[str] = field(default_factory=set[str])
    notes: list[str] = field(default_factory=list[str])

    @property
    def done(self) -> bool:
        """Whether each step was done."""
        return len(self.steps) == len(_STEPS) and not any(self.steps.values())


def rehearse_launch(
    path: Path,
    version: str,
    given: Sequence[str],
    *,
    region: str = "",
    answers: Path | None = None,
    as_json: bool = False,
) -> int:
    """Launch, update and terminate a version with its launch role; not reached where that does not suffice.

    Args:
        path: The product's file.
        version: Of the product; empty for the newest.
        given: Values of parameters, as NAME=VALUE.
        region: Where; empty for the first hub's.
        answers: A file of what macros and custom resources answer.
        as_json: Print it for machines.

    Raises:
        ContentError: the product cannot be read so far, or a value is missing.
        RehearsalError: the sandbox does not start.
    """
    product = read_product_rights(path, as_of())
    number = version or product.file.versions[-1].version
    if number not in product.templates:
        raise ContentError(
            f"invalid value {number!r}. The versions of {product.file.key} are: {', '.join(product.templates)}.",
            code="version-unknown",
            place="VERSION",
        )
    where = chosen_region(region)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        sandbox = stack.enter_context(SandboxProcess(folder, answers))
        report = _rehearsed(_Launch(product, number, sandbox, where, answered=answers is not None), given)
    if as_json:
        print_json({**asdict(report), "unchecked": sorted(report.unchecked)})
    else:
        _print(report)
    return reached(reached=report.done)


def _print(report: Report) -> None:
    print(f"{report.product} {report.version}, launched on the sandbox in {report.region} by its launch role")
    for name, value in report.values.items():
        print(f"  {name} = {value}")
    for step, problem in report.steps.items():
        print(f"{step}: {problem or 'done'}")
    for said, actions in (
        ("used, and allowed", report.used),
        ("allowed, and not used", report.unused),
        ("allowed, named by the types' handlers, and not asked for by the sandbox", sorted(report.unchecked)),
    ):
        print(f"{said}: {', '.join(actions) or 'none'}")
    for note in report.notes:
        print(f"note: {note}")


def _rehearsed(launch: "_Launch", given: Sequence[str]) -> Report:
    values = Values(launch.sandbox, launch.product, launch.number, launch.built, ACCOUNT, launch.region).of(given)
    hidden = {name for name, each in launch.template.parameters.items() if each.no_echo}
    shown = {name: MASK if name in hidden else value for name, value in values.items()}
    report = Report(product=launch.product.file.key, version=launch.number, region=launch.region, values=shown)
    try:
        launch.prepare(values)
    except ClientError as problem:
        report.steps[_STEPS[0]] = error_text(problem)
        return report
    report.notes += [f"made up for the rehearsal: {each}" for each in launch.made_up]
    report.steps[_STEPS[0]] = launch.provision(values)
    if not launch.is_there:
        return report
    for each in launch.kept():
        report.unchecked |= set(each["unchecked"])
        if each["kept"] != "emulated":
            report.notes.append(f"{each['logical_id']} ({each['type']}): {each['kept']}")
    if not report.steps[_STEPS[0]]:
        report.steps[_STEPS[1]] = launch.update(values)
    report.steps[_STEPS[2]] = launch.terminate()
    asked = set(launch.sandbox.ask("permissions").get(launch.role_arn, []))
    report.used = sorted(asked, key=str.lower)
    small = {action.lower() for action in asked}
    allowed = {
        action for each in parse({"Statement": launch.product.statements}) if each.allows for action in each.actions
    }
    report.unchecked &= allowed
    report.unused = sorted(each for each in allowed - report.unchecked if each.lower() not in small)
    return report


class _Launch:
    """A version of a product in an account of the sandbox, which is its own hub."""

    def __init__(
        self, product: ProductRights, number: str, sandbox: SandboxProcess, region: str, *, answered: bool = False
    ) -> None:
        self.made_up: list[str] = []
        self.region = region
        self._partition = partition_of(region)
        self._answered = answered
        self.product = product
        self.number = number
        self.sandbox = sandbox
        self._catalog = sandbox.client("servicecatalog", ACCOUNT, self.region)
        self._role = launch_role_name(product.original_key)
        self.role_arn = f"arn:{self._partition}:iam::{ACCOUNT}:role/{self._role}"
        self._ids: dict[str, str] = {}
        self.is_there = False

    @property
    def template(self) -> Template:
        return self.product.templates[self.number]

    @cached_property
    def built(self) -> Mapping[str, Any]:
        """The template with its macros replaced."""
        return expanded(self.template.body, str(self.template.path))

    def prepare(self, values: Mapping[str, str]) -> None:
        """Make the roles, and publish the version."""
        self._make_roles()
        s3 = self.sandbox.client("s3", ACCOUNT, self.region)
        url = put_template(s3, f"{BUCKETS}rehearsal", self.template, self.region)
        body = self.template.body
        put_nested(s3, self.template, values, self.region)
        if not self._answered:
            answers = answers_of(self.built)
            self.sandbox.tell("answers", answers)
            self.made_up += [f"the answers of {name}'s function" for name in answers["custom_resources"]]
        iam = self.sandbox.client("iam", ACCOUNT, self.region)
        self.made_up += [
            f"the role {name}" for name in make_roles(iam, self.product.derived[self.number], self.built, ACCOUNT)
        ]
        self.made_up += [f"code at s3://{place}" for place in put_code(s3, body, values, self.region)]
        made = self._catalog.create_product(
            Name=self.product.file.key,
            Owner="rehearsal",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters={
                "Name": self.number,
                "Type": "CLOUD_FORMATION_TEMPLATE",
                "Info": {"LoadTemplateFromURL": url},
            },
        )
        portfolio = self._catalog.create_portfolio(DisplayName="rehearsal", ProviderName="rehearsal")
        product_id = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
        portfolio_id = portfolio["PortfolioDetail"]["Id"]
        self._ids = {"ProductId": product_id, "ProvisioningArtifactId": made["ProvisioningArtifactDetail"]["Id"]}
        self._catalog.associate_product_with_portfolio(ProductId=product_id, PortfolioId=portfolio_id)
        constraints = {
            "LAUNCH": {"LocalRoleName": self._role},
            "RESOURCE_UPDATE": {"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": "ALLOWED"}},
        }
        for kind, parameters in constraints.items():
            self._catalog.create_constraint(
                PortfolioId=portfolio_id, ProductId=product_id, Type=kind, Parameters=json.dumps(parameters)
            )
        caller = self.sandbox.client("sts", ACCOUNT, self.region).get_caller_identity()["Arn"]
        self._catalog.associate_principal_with_portfolio(
            PortfolioId=portfolio_id, PrincipalARN=caller, PrincipalType="IAM"
        )
        self._until_available()

    def provision(self, values: Mapping[str, str]) -> str:
        """Launch it; gives what went wrong."""
        try:
            record = self._catalog.provision_product(**self._request(values, "launch"))["RecordDetail"]
        except ClientError as problem:
            return error_text(problem)
        self.is_there = True
        return self._end_of(record)

    def update(self, values: Mapping[str, str]) -> str:
        """Update it with other tags."""
        return self._end_of(self._catalog.update_provisioned_product(**self._request(values, "update"))["RecordDetail"])

    def terminate(self) -> str:
        """End it."""
        record = self._catalog.terminate_provisioned_product(ProvisionedProductName=self.product.file.key)[
            "RecordDetail"
        ]
        return self._end_of(record)

    def kept(self) -> list[dict[str, Any]]:
        """List the resources, each with how the sandbox keeps it."""
        return [each for each in self.sandbox.ask("resources") if each["account"] == ACCOUNT]

    def _request(self, values: Mapping[str, str], step: str) -> dict[str, Any]:
        return {
            **self._ids,
            "ProvisionedProductName": self.product.file.key,
            "ProvisioningParameters": [{"Key": key, "Value": value} for key, value in values.items()],
            "Tags": [{"Key": "rehearsal", "Value": step}],
        }

    def _make_roles(self) -> None:
        iam = self.sandbox.client("iam", ACCOUNT, self.region)
        file = self.product.file
        iam.create_role(
            RoleName=self._role, AssumeRolePolicyDocument=launch_trust(partition=self._partition, account=ACCOUNT)
        )
        policy = render(self.product.policy(), partition=self._partition, account=ACCOUNT)
        iam.put_role_policy(RoleName=self._role, PolicyName="catalog", PolicyDocument=policy)
        iam.create_role(
            RoleName=self.product.role,
            AssumeRolePolicyDocument=execution_trust(file.execution_role.services, account=ACCOUNT),
        )

    def _until_available(self) -> None:
        while True:
            found = self._catalog.describe_provisioning_artifact(**self._ids)
            if found["Status"] != "CREATING":
                return
            time.sleep(_PAUSE_SECONDS)

    def _end_of(self, record: dict[str, Any]) -> str:
        while True:
            found = self._catalog.describe_record(Id=record["RecordId"])["RecordDetail"]
            if found["Status"] in _ENDED:
                return "; ".join(each["Description"] for each in found.get("RecordErrors", ()))
            time.sleep(_PAUSE_SECONDS)
