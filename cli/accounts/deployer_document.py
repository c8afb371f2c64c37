"""Writes the document that gives an account its deployer, for whoever makes it by hand."""

import json
import sys
from pathlib import Path
from typing import Final

from cli.exit_codes import ExitCode
from organization.deployer_template import deployer_template
from organization.settings import OrganizationSettings
from shared.errors import ConfigError
from shared.files import write_file
from shared.stack.stack_file import settings_of
from shared.stack.stack_set import LONGEST_TEXT

_STACK: Final = "organization"


def write_document(out: Path | None) -> int:
    """Print the document, or write it, and say how it is deployed.

    Raises:
        ConfigError: the organization's settings are wrong, or say nothing of deployers.
    """
    where = f"Pulumi.{_STACK}.yaml"
    settings = settings_of(OrganizationSettings, _STACK)
    if settings.deployers is None:
        raise ConfigError(
            "is not set, so nobody knows whom deployers let in. Add it, for example: deployers: {units: [Workloads], "
            "trust: {permissionSets: [ModelPlatform]}} (docs/operations/deployers.md).",
            code="deployers-not-set",
            place=f"{where}: deployers",
        )
    text = _readable(deployer_template(settings, settings.deployers, where=where))
    if out is None:
        print(text)
        return ExitCode.DONE
    write_file(out, f"{text}\n")
    print(
        f"wrote {out}. As an administrator of the account: aws cloudformation deploy --template-file {out} "
        f"--stack-name model-catalog-deployer --capabilities CAPABILITY_NAMED_IAM --region {settings.region}",
        file=sys.stderr,
    )
    return ExitCode.DONE


def _readable(text: str) -> str:
    """Write it on many lines, for whoever reads before it is deployed, as far as CloudFormation takes that as text."""
    lines = json.dumps(json.loads(text), indent=1)
    return lines if len(lines.encode()) < LONGEST_TEXT else text
