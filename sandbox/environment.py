"""The environment in which Pulumi, boto3 and the AWS CLI work on a sandbox."""

import os
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

from sandbox.files import write_whole

MANAGEMENT = "111122223333"
"""The management account of the organization that is there when no file is given."""

REGION = "eu-central-1"
UNSET = ("AWS_PROFILE", "AWS_SESSION_TOKEN")
"""Variables that would win over, or not fit to, the credentials given here."""

_PROJECT = Path(__file__).parent.parent


def sandbox_environment(
    url: str, folder: Path, account: str | None = None, python: str = sys.executable
) -> dict[str, str]:
    """Variables to add to a process's environment; makes Pulumi's folders and installs the stand-in plug-in.

    Args:
        url: where the sandbox listens.
        folder: where Pulumi keeps its state and plug-ins; made when missing.
        account: whose administrator to be; the default organization's management account if not given.
        python: starts the plug-in; its folder comes first on PATH.
    """
    folder = folder.resolve()
    backend, home = folder / "backend", folder / "pulumi"
    backend.mkdir(parents=True, exist_ok=True)
    _install_plugin(home, python)
    tools = _PROJECT / ".tools" / "bin"
    first = [str(path) for path in (tools, Path(python).parent) if path.is_dir()]
    kept = [part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if part not in first]
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": account or MANAGEMENT,
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PULUMI_BACKEND_URL": backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",
        "PULUMI_HOME": str(home),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PATH": os.pathsep.join([*first, *kept]),
    }


def exports(url: str, folder: Path, account: str | None = None) -> str:
    """The environment as lines for a shell's `eval`."""
    variables = sandbox_environment(url, folder, account)
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join([f"unset {' '.join(UNSET)}", *lines, ""])


def _install_plugin(home: Path, python: str) -> None:
    """Put a starter where the Pulumi CLI looks for the aws plug-in, so that it downloads nothing."""
    plugin = home / "plugins" / f"resource-aws-v{version('pulumi_aws')}" / "pulumi-resource-aws"
    starter = f'#!/bin/sh\nexec {shlex.quote(python)} -m sandbox.plugin "$@"\n'
    if plugin.exists() and plugin.read_text() == starter:
        return
    write_whole(plugin, starter, mode=0o755)  # another run may be starting the plug-in this very moment
