"""Writes versions of what model registries approved: what they know, and marks for what only a person can say."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from cli.catalog.files import FOLDER
from cli.catalog.registered_version import Addition, addition_of, first_of, write
from cli.catalog.scaffold import (
    PRODUCTS,
    NewVersion,
    new_product,
    product_file,
    refuse_known,
    tell,
)
from cli.exit_codes import ExitCode
from cli.verbs import print_json
from hub.config import HubSettings
from hub.definitions.approval import check_origin
from hub.definitions.lock_file import numbers_taken
from hub.definitions.marks import refuse_marks
from hub.definitions.schema import ProductFile
from hub.definitions.yaml_file import read_document
from hub.inspection.registry.gate import session_for
from hub.inspection.registry.packages import reason_of
from hub.inspection.registry.questions import ask
from hub.inspection.registry.registered import registered_model
from shared.aws.arn import Arn, ModelPackageArn, partition_of
from shared.aws.session import Session
from shared.catalog.versions import next_minor
from shared.errors import ConfigError, ContentError
from shared.stack.stack_file import settings_of
from shared.validation import Document, validate

_AT_A_TIME: Final = 8
"""Groups that are listed side by side."""


class _Package(Document):
    package: ModelPackageArn


def new_product_of(name: str, template: Path, portfolio: str, package: str, *, stack: str) -> int:
    """Write a product whose first version publishes a package of a registry.

    Raises:
        ContentError: the name, the template or the package is not fit for it, or there is such a product.
        ClientError: AWS does not let the caller ask.
    """
    _ = validate(_Package, {"package": package}, where="models new", error=ContentError)
    model = registered_model(_sign_in(stack, Arn.parse(package).account), package)
    if model.status != "Approved":
        print(f"{package} is {model.status}: the hub publishes this version once it is approved.")
    ended = new_product(name, template, portfolio, first_of(model))
    for problem in model.unread:
        print(f"not read: {problem}", file=sys.stderr)
    return ended


def new_version_of(product: str, version: str, package: str, template: Path | None, *, stack: str) -> int:
    """Add a version to a product that publishes a package of its registry.

    Args:
        product: The product's key.
        version: The number; where it is empty, the next minor one.
        package: The package's ARN.
        template: Without one, that of the product's newest version is taken.
        stack: The hub's stack, whose settings say how its registry is read.

    Raises:
        ContentError: the product, the number, the template or the package is not fit for it.
        ClientError: AWS does not let the caller ask.
    """
    path = product_file(product)
    file = read_document(ProductFile, path)
    _ = validate(_Package, {"package": package}, where="models new-version", error=ContentError)
    check_origin("--package", file.registry, package)
    for entry in file.versions:
        if entry.model_package == package:
            raise ContentError(
                f"{entry.version} publishes {package} already. Name another package.",
                code="package-published",
                place=str(path),
            )
    number = version or next_minor(_numbers(file))
    _ = validate(NewVersion, {"name": product, "version": number}, where="models new-version", error=ContentError)
    refuse_known(path, number)
    model = registered_model(_sign_in(stack, file.registry.account_id), package)
    if model.status != "Approved":
        print(f"{package} is {model.status}: the hub publishes this version once it is approved.")
    write([addition_of(path, file, number, model, template)])
    return tell(path.parent)


def sync(stack: str, *, as_json: bool) -> int:
    """Write a version for every package that the catalog's groups approved since their product's newest version.

    Raises:
        ContentError: a file of the catalog is not fit, or has marks left.
        ClientError: AWS does not let the caller ask.
    """
    refuse_marks(FOLDER)
    files = {path: read_document(ProductFile, path) for path in sorted(PRODUCTS.glob("*/product.yaml"))}
    sign_in = cache(partial(_sign_in, stack))
    for file in files.values():
        _ = sign_in(file.registry.account_id)  # before the threads, which would each do it
    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        listed = threads.map(partial(_candidates, sign_in), files.values())
        candidates = dict(zip(files, listed, strict=True))
    answers = ask((package for found in candidates.values() for package in found), sign_in)
    additions: list[Addition] = []
    for path, file in files.items():
        numbers = _numbers(file)
        for package in _approved_since(file, candidates[path], answers):
            numbers.append(next_minor(numbers))
            model = registered_model(sign_in(file.registry.account_id), package)
            additions.append(addition_of(path, file, numbers[-1], model, None))
    write(additions)
    if as_json:
        return print_json([_document(each) for each in additions])
    for each in additions:
        by = f" by {each.model.approved_by}" if each.model.approved_by else ""
        print(f"{each.path.parent.name} {each.version}: {each.model.package}, approved{by} on {each.model.approved_on}")
    for folder in dict.fromkeys(each.path.parent for each in additions):
        _ = tell(folder)
    if not additions:
        print(f"nothing new: no package was approved since the newest versions of {len(files)} products")
    return ExitCode.DONE


def _numbers(file: ProductFile) -> list[str]:
    """List the numbers that a product has, and those that it had."""
    return [*(entry.version for entry in file.versions), *numbers_taken(FOLDER, file.original_key)]


def _sign_in(stack: str, account: str) -> Session:
    """Work with the credentials at hand where they are the registry's own, and else as the hub reads it."""
    here = Session()
    if here.client("sts").get_caller_identity()["Account"] == account:
        return here
    return session_for(settings_of(HubSettings, stack), account)


def _candidates(sign_in: Callable[[str], Session], file: ProductFile) -> list[str]:
    """List the approved packages of a product's group that it does not publish."""
    registry = file.registry
    known = {entry.model_package for entry in file.versions}
    group = Arn(
        partition=partition_of(registry.region),
        service="sagemaker",
        region=registry.region,
        account=registry.account_id,
        resource=f"model-package-group/{registry.group}",
    )
    found = sign_in(registry.account_id).pages(
        "sagemaker",
        "list_model_packages",
        "ModelPackageSummaryList",
        registry.region,
        ModelPackageGroupName=str(group),
        ModelApprovalStatus="Approved",
    )
    return [
        each["ModelPackageArn"]
        for each in sorted(found, key=lambda each: each["ModelPackageVersion"])
        if each["ModelPackageArn"] not in known and each["ModelPackageVersion"] not in registry.exclude
    ]


def _approved_since(file: ProductFile, candidates: Sequence[str], answers: Mapping[str, Any]) -> Iterator[str]:
    """Choose what was approved since the newest approval that the product names, by the day."""
    named = [entry.approval.approved_on for entry in file.versions if entry.approval]
    for package in candidates:
        answer = answers[package]
        if isinstance(answer, Exception):
            raise ConfigError(
                f"{package} cannot be asked for: {reason_of(answer)}. Nothing was written. Check the credentials, and "
                f"registry.assumeRole in the hub's settings.",
                code="registry-unreachable",
                place="models sync",
            )
        changed = answer.get("LastModifiedTime") or answer["CreationTime"]
        if not named or changed.date() >= max(named):
            yield package


def _document(each: Addition) -> Mapping[str, Any]:
    return {
        "product": each.path.parent.name,
        "version": each.version,
        "model_package": each.model.package,
        "approved_by": each.model.approved_by,
        "approved_on": each.model.approved_on,
    }
