"""Whether a backend answers, asked before Pulumi and the clients of buckets wait for it."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from shared.aws.reach import refuse_silence, without_secrets
from shared.errors import UnreachableError

_NAMED_BY: Final = "PULUMI_BACKEND_URL"
_SANDBOX: Final = 'That of the sandbox that runs: eval "$(model-catalog sandbox env)"'


def refuse_silent_backend(url: str) -> None:
    """Refuse a backend that is not there, or does not answer.

    Args:
        url: As Pulumi takes it: a folder, a bucket, or the address of a service.

    Raises:
        UnreachableError: names the folder or the address, and what to do.
    """
    refuse_missing_folder(url)
    refuse_silent_storage(url, asked="the states of stacks", where=_NAMED_BY)


def refuse_missing_folder(url: str) -> None:
    """Refuse a folder that is not there; of anything else it says nothing. Raises UnreachableError."""
    parts = urlsplit(url)
    folder = Path(f"{parts.netloc}{parts.path}").expanduser()
    if parts.scheme == "file" and not folder.is_dir():
        raise UnreachableError(
            f"the folder {folder} is not there. Name the one with the state of all stacks, or make it: mkdir -p "
            f"{folder}. {_SANDBOX}",
            code="backend-missing",
            place=_NAMED_BY,
        )


def refuse_silent_storage(url: str, *, asked: str, where: str) -> None:
    """Refuse a bucket or a service that does not answer; of a folder it says nothing.

    Raises:
        UnreachableError: names the address, and what to do.
    """
    if address := _address(url):
        refuse_silence(
            address,
            where=f"{where}: {without_secrets(url)}",
            asked=asked,
            remedy=f"Check the address and the network, or name another backend. {_SANDBOX}",
        )


def s3_endpoint(options: dict[str, str]) -> str:
    """Give the endpoint that somebody named for S3, in a backend's address or in a variable; empty where nobody did."""
    variables = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    named = options.get("endpoint") or next(filter(None, map(os.environ.get, variables)), "")
    return f"https://{named}" if named and "://" not in named else named


def _address(url: str) -> str:
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    match parts.scheme:
        case "https" | "http":
            return url
        case "s3":
            region = options.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
            china = ".cn" if (region or "").startswith("cn-") else ""
            return s3_endpoint(options) or f"https://s3.{region or 'us-east-1'}.amazonaws.com{china}"
        case "gs":
            return "" if os.environ.get("STORAGE_EMULATOR_HOST") else "https://storage.googleapis.com"
        case "azblob":
            account = options.get("storage_account") or os.environ.get("AZURE_STORAGE_ACCOUNT")
            return f"https://{account}.blob.core.windows.net" if account else ""
        case _:
            return ""
