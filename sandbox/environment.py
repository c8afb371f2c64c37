"""The environment in which Pulumi, boto3 and the AWS CLI work on a sandbox."""

import os
import shlex
import sys
from pathlib import Path

from sandbox import plugins

MANAGEMENT = "111122223333"
"""The management account of the organization that is there when no file is given."""

REGION = "eu-central-1"
UNSET = ("AWS_PROFILE", "AWS_SESSION_TOKEN")
"""Variables that would win over, or not fit to, the credentials given here."""

_PROJECT = Path(__file__).parent.parent


def sandbox_environment(
    url: str, folder: Path, account: str | None = None, python: str = sys.executable, plugin: str | None = None
) -> dict[str, str]:
    """Variables to add to a process's environment; makes Pulumi's folders and puts the aws plug-in there.

    Args:
        url: where the sandbox listens.
        folder: where Pulumi keeps its state and plug-ins; made when missing.
        account: whose administrator to be; the default organization's management account if not given.
        python: starts the stand-in plug-in; its folder comes first on PATH.
        plugin: "stand-in" or "official"; as SANDBOX_PLUGIN says if not given, and else the stand-in.

    Raises PluginError where the official plug-in is asked for and not installed.
    """
    folder = folder.resolve()
    backend = folder / "backend"
    backend.mkdir(parents=True, exist_ok=True)
    home = plugins.install(folder, python, plugin)
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


def exports(url: str, folder: Path, account: str | None = None, plugin: str | None = None) -> str:
    """The environment as lines for a shell's `eval`. Raises PluginError as above."""
    variables = sandbox_environment(url, folder, account, plugin=plugin)
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join([f"unset {' '.join(UNSET)}", *lines, ""])
