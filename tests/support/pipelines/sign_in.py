"""What aws-actions/configure-aws-credentials does: a role's session, by the job's own token."""

import os
import sys
from pathlib import Path

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from tests.support.pipelines.tokens import GITHUB, REPOSITORY, token
from tests.support.pipelines.workflow import job_of, need


def main() -> None:
    """Sign in, and tell the steps that follow."""
    job, event, role, region, seconds = sys.argv[1:]
    need(job, "id-token", "write")
    environment = job_of(job).get("environment")
    name = environment["name"] if isinstance(environment, dict) else environment
    place = f"environment:{name}" if name else "pull_request" if event == "pull_request" else "ref:refs/heads/main"
    sts = boto3.client(
        "sts",
        endpoint_url=os.environ["AWS_ENDPOINT_URL"],
        region_name=region,
        config=Config(signature_version=UNSIGNED),
    )
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
