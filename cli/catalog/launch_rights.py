"""Shows the rights that launches take, holds launch roles against them, and writes them into a product's file."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from cli.catalog.files import FOLDER
from cli.exit_codes import ExitCode, reached
from cli.verbs import print_json
from hub.definitions.derived.comparison import LaunchRole
from hub.definitions.derived.product_rights import ProductRights, exception_lines, fits_iam, read_product_rights
from hub.definitions.derived.registry import is_installed
from hub.definitions.derived.rights import WHY, DerivedRights, Reason, Right, merged
from hub.definitions.derived.statements import Statement, is_derived, statements_of
from shared.aws.escalation import leads_to_more
from shared.aws.policies import launch_policy
from shared.catalog.lifecycle import as_of
from shared.errors import CatalogError
from shared.files import write_file
from shared.stack.names import execution_role_name

RUNNING: Final[Sequence[Statement]] = (
    {
        "Sid": "LoginToRegistriesKnowsNoResource",
        "Effect": "Allow",
        "Action": ["ecr:GetAuthorizationToken"],
        "Resource": "*",
    },
    {
        "Sid": "WriteLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        "Resource": "arn:${Partition}:logs:*:${AccountId}:log-group:/aws/sagemaker/*",
    },
    {
        "Sid": "WriteMetricsKnowsNoResource",
        "Effect": "Allow",
        "Action": ["cloudwatch:PutMetricData"],
        "Resource": "*",
        "Condition": {"StringLike": {"cloudwatch:namespace": ["AWS/SageMaker", "/aws/sagemaker/*"]}},
    },
)
"""What every container of SageMaker does, beside pulling what a version declares (SageMaker AI Roles)."""


def show_rights(path: Path, *, write: bool, as_json: bool) -> int:
    """Show what the launches of a product's versions take beside its launch policy, or write it there.

    Raises:
        ContentError: the product cannot be read so far.
    """
    product = read_product_rights(path, as_of())
    if write:
        return _write(product)
    lacking = list(product.lacking())
    if as_json:
        print_json(_document(product, lacking))
    else:
        for version, derived in product.derived.items():
            print(f"{product.file.key} {version}")
            for right in merged(derived.rights):
                print(f"  {_told(right)}")
            if derived.left_out:
                print(f"  left out, since the template has nothing of that kind: {', '.join(sorted(derived.left_out))}")
        for line in [*_missing(product, lacking), *_too_much(product, product.unused(own=True)), *_remarks(product)]:
            print(line)
    return reached(reached=not lacking)


def rights_problems() -> Iterator[str]:
    """List what the launch roles of all products lack for their versions.

    What derived statements allow and no version takes is noted: nothing is wrong with it, and it can go.
    """
    for product in _products():
        for note in _too_much(product, product.unused()):
            print(f"note: {note}", file=sys.stderr)
        yield from _missing(product, list(product.lacking()))


def policy_text(statements: Sequence[Statement]) -> str:
    """Write statements as a product's policy file has them."""
    return json.dumps(list(statements), indent=2) + "\n"


def first_statements(derived: DerivedRights, key: str) -> list[Statement]:
    """Write the rights of a first version as the statements of a new product."""
    own = LaunchRole(launch_policy([], execution_role=execution_role_name(key), services=sorted(derived.services)))
    left = [right for right in derived.rights if not own.covers(right)]
    return statements_of(left, lambda found: fits_iam(found, execution_role_name(key), sorted(derived.services)))


def advice(product: ProductRights) -> Iterator[str]:
    """Say what a person has to know of a product's rights: what nobody could derive, and what has to be excepted."""
    yield from _remarks(product)
    found = product.excesses(product.statements)
    for each in found:
        if not each.token:
            yield f"{each.place}: {each.text}"
    lines = exception_lines(product.file.key, found)
    if lines:
        yield "It takes more than every product may (docs/policy.md). Where it is to, write in Pulumi.hub.yaml:"
        yield from (f"  {line}" for line in lines)
        if any(" on " in each.token or ("::" not in each.token and leads_to_more(each.token)) for each in found):
            yield "A spoke makes no role with such rights: the hub's stack set or an administrator does (launchRoles)."


def _write(product: ProductRights) -> int:
    before, after = product.statements, product.rewritten()
    if before == after:
        print(f"{product.policy_file}: is as the templates have it")
        return ExitCode.DONE
    write_file(product.policy_file, policy_text(after))
    print(f"wrote {product.policy_file}: {sum(map(is_derived, after))} derived statements")
    print("Launch roles get them with the next run of the hub and of spokes.")
    for line in advice(ProductRights(product.folder, product.file, product.day)):
        print(line)
    return ExitCode.DONE


def _products() -> Iterator[ProductRights]:
    if not is_installed():
        return
    for path in sorted((FOLDER / "products").glob("*/product.yaml")):
        try:
            product = read_product_rights(path, as_of())
            _ = product.statements, product.derived
        except CatalogError:
            continue  # what is wrong with its files is told beside this
        yield product


def _missing(product: ProductRights, lacking: Sequence[tuple[str, Right]]) -> Iterator[str]:
    together = dict[tuple[str, tuple[str, ...], str], list[str]]()
    for version, right in lacking:
        together.setdefault((version, right.resources, right.of), []).append(right.action)
    for (version, resources, of), actions in together.items():
        yield (
            f"{product.policy_file}: lacks {', '.join(sorted(actions))} on {', '.join(resources)}, which {version} "
            f"takes for {of}. Write it: model-catalog models rights {product.file.key} --write"
        )


def _too_much(product: ProductRights, actions: Sequence[str]) -> Iterator[str]:
    if actions:
        yield (
            f"{product.policy_file}: allows what no version takes: {', '.join(actions)}. Without it: model-catalog "
            f"models rights {product.file.key} --write, or delete your own statements of it"
        )


def _remarks(product: ProductRights) -> Iterator[str]:
    yield from dict.fromkeys(remark for each in product.derived.values() for remark in each.remarks)


def _told(right: Right) -> str:
    why = f" ({WHY[right.reason]})" if right.reason is not Reason.NAMED else ""
    return f"{right.action} on {', '.join(right.resources)}{why}: {right.of}"


def _document(product: ProductRights, lacking: Sequence[tuple[str, Right]]) -> dict[str, Any]:
    return {
        "product": product.file.key,
        "versions": {
            version: {
                "rights": [
                    {
                        "action": right.action,
                        "resources": list(right.resources),
                        "condition": right.condition,
                        "of": right.of,
                        "why": WHY[right.reason],
                    }
                    for right in merged(each.rights)
                ],
                "left_out": sorted(each.left_out),
            }
            for version, each in product.derived.items()
        },
        "lacking": [{"version": version, "action": right.action, "of": right.of} for version, right in lacking],
        "unused": product.unused(own=True),
        "remarks": list(_remarks(product)),
    }
