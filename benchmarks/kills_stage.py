"""A stage for kills: a hub with all kinds of resources that a program makes, and a spoke with all of its."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from benchmarks.kills_objects import HUB, Objects, of_account
from sandbox import plugins
from tests.support.stage import Stage

RESEARCH: Final = "333344445555"
_MANAGEMENT: Final = "111122223333"
_OPERATOR: Final = "arn:aws:iam::222233334444:role/OrganizationAccountAccessRole"
_THROTTLING: Final[tuple[dict[str, object], ...]] = (
    *(
        {"operation": f"{service}:*", "rate": 0.05, "error": "ThrottlingException"}
        for service in ("servicecatalog", "iam", "cloudformation", "organizations", "sts", "sagemaker")
    ),
    {"operation": "s3:*", "rate": 0.05, "error": "SlowDown", "status": 503},
)
"""S3 says it in other words than the rest, and without any where it answers a HEAD: only by its status."""


class KillStage(Stage):
    """A rehearsal of one hub and one spoke, whose settings and files change on the way.

    Attributes:
        before: What the accounts had of the types that the programs make before hub and spoke were there.
    """

    before: Mapping[str, Objects]

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        # Nothing is warm here: a kill has to hit a command, and not what all commands are forked from.
        self.virtual_environment, self.python = Path(sys.prefix), sys.executable
        _ = plugins.install(folder, self.python)

    def prepare(self) -> None:
        """Write the settings, and deploy the organization."""
        (self.project / "Pulumi.spoke-production.yaml").unlink()
        _ = self.edit(
            "Pulumi.organization.yaml",
            f'hubAccountId: "{HUB}"',
            f'hubAccountId: "{HUB}"\n  model-catalog-organization:stackSets: true',
        )
        self.client("cloudformation", _MANAGEMENT).activate_organizations_access()
        self.client("budgets", HUB).create_budget(
            AccountId=HUB,
            Budget={
                "BudgetName": "models",
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": "100", "Unit": "USD"},
            },
        )
        self._change_settings(
            "hub",
            protect=False,
            launchRoles={"units": ["Workloads/Production"]},
            principals=[{"portfolio": "batch-inference", "arn": _OPERATOR}],
        )
        self._change_portfolios({"tag_options": {"tier": ["gold"]}, "budgets": ["models"]})
        _ = self.up("organization")
        self.before = {account: of_account(self, account) for account in (HUB, RESEARCH)}

    def leave(self) -> None:
        """Change nothing."""

    def change_hub(self) -> None:
        """Publish a version, add a tag option, describe a product anew, and share with others."""
        folder = self.project / "hub" / "catalog" / "products" / "demand-forecaster-batch"
        for suffix in ("yaml", "card.yaml"):
            text = (folder / f"1.0.0.{suffix}").read_text()
            _ = (folder / f"1.0.1.{suffix}").write_text(text.replace("1.0.0", "1.0.1") + "# corrected\n")
        product = yaml.safe_load((folder / "product.yaml").read_text())
        files = {"template": "1.0.1.yaml", "card": "1.0.1.card.yaml"}
        latest = {**product["versions"][-1], **files, "version": "1.0.1", "description": "A correction."}
        product["versions"].append(latest)
        product["description"] += " Described anew."
        _ = (folder / "product.yaml").write_text(yaml.safe_dump(product, sort_keys=False))
        _ = self.succeed("lock")
        self._change_portfolios({"tag_options": {"tier": ["gold", "silver"]}, "budgets": ["models"]})
        settings = self._settings("hub")
        shares: list[dict[str, Any]] = settings["config"]["model-catalog-hub:shares"]
        gpu = next(share for share in shares if share["portfolio"] == "gpu-inference")
        gpu["target"] = "Workloads/Production"
        self._change_settings("hub", shares=[*shares, {**gpu, "target": "Workloads/Research"}])

    def change_spoke(self) -> None:
        """Change parameters and tags, launch something else, launch something no more, and follow a version."""
        settings = self._settings("spoke-research")
        launches: list[dict[str, Any]] = settings["config"]["model-catalog-spoke:launches"]
        by_name = {launch["name"]: launch for launch in launches}
        by_name["fraud-scoring"]["parameters"]["InstanceType"] = "ml.m5.xlarge"
        by_name["demand-forecast"]["version"] = "~1.0"
        by_name["embeddings"]["tags"] = {"team": "research"}
        second = {**by_name["embeddings"], "name": "embeddings-second"}
        kept = [launch for launch in launches if launch["name"] not in ("transcripts", "fraud-scoring-previous")]
        self._change_settings("spoke-research", launches=[*kept, second])

    def throttle(self, *, on: bool) -> None:
        """Let AWS refuse one of twenty calls, or none."""
        self.faults(*(_THROTTLING if on else ()))

    def _change_portfolios(self, governed: dict[str, object]) -> None:
        path = self.project / "hub" / "catalog" / "portfolios.yaml"
        content = yaml.safe_load(path.read_text())
        content["portfolios"][1].update(governed)
        _ = path.write_text(yaml.safe_dump(content, sort_keys=False))

    def _settings(self, stack: str) -> Any:  # noqa: ANN401 - YAML
        return yaml.safe_load(self._file(stack).read_text())

    def _change_settings(self, stack: str, **values: object) -> None:
        settings, project = self._settings(stack), f"model-catalog-{stack.partition('-')[0]}"
        settings["config"] |= {f"{project}:{key}": value for key, value in values.items()}
        _ = self._file(stack).write_text(yaml.safe_dump(settings, sort_keys=False))

    def _file(self, stack: str) -> Path:
        return self.project / f"Pulumi.{stack}.yaml"
