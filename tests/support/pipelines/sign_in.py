"""What aws-actions/configure-aws-credentials does: a role's session, by the job's own token."""

import os
import sys
from pathlib import Path

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from tests.support.pipelines.tokens import GITHUB, REPOSITORY, token
from tests.support.pipelines.workflow import job_of, need
from tests.support.sandbox.accounts import connect


def main() -> None:
    """Sign in, and tell the steps that follow."""
    job, event, role, region, seconds = sys.argv[1:]
    need(job, "id-token", "write")
    name = job_of(job).get("environment")
    place = f"environment:{name}" if name else "pull_request" if event == "pull_request" else "ref:refs/heads/main"
    endpoint, unsigned = os.environ["AWS_ENDPOINT_URL"], Config(signature_version=UNSIGNED)
    sts = connect(boto3.Session(region_name=region), "sts", endpoint_url=endpoint, config=unsigned)
    given = sts.assume_role_with_web_identity(
        RoleArn=role,
        RoleSessionName="GitHubActions",
        WebIdentityToken=token(GITHUB, audience="sts.amazonaws.com", subject=f"repo:{REPOSITORY}:{place}"),
        DurationSeconds=int(seconds),
    )["Credentials"]
    told = {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }
    _append("GITHUB_ENV", told)
    _append("GITHUB_OUTPUT", {"aws-expiration": given["Expiration"].isoformat()})


def _append(variable: str, values: dict[str, str]) -> None:
    with Path(os.environ[variable]).open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())


if __name__ == "__main__":
    main()
