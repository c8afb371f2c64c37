"""What the owning account still has to grant, so that the models can be pulled where they are shared."""

import json
import re
from pathlib import Path
from typing import Any

from tests.support.catalog_copy import CatalogCopy
from tests.support.registry import BUCKET, EMBEDDER, SETTINGS, Run, Write
from tests.support.sandbox.accounts import HUB, MANAGEMENT, PRODUCTION, REGION, RESEARCH
from tests.support.sandbox.process import Sandbox

IMAGE = f"{HUB}.dkr.ecr.{REGION}.amazonaws.com/our/embedder@sha256:{'0' * 64}"


def test_what_a_bucket_still_lacks_is_printed_and_is_enough(run: Run, sandbox: Sandbox, policy: Write) -> None:
    policy({"Sid": "Old", "Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": "s3:*", "Resource": "*"})
    code, _, errors = run()
    missing = printed(errors)

    assert 1 == code
    reading = [each for each in missing if each["Action"] == ["s3:GetObject"]]
    listing = [each for each in missing if each["Action"] == ["s3:ListBucket"]]
    assert f"error: bucket {BUCKET}: s3:GetObject, s3:ListBucket is not granted to " in errors
    assert len(reading) + len(listing) == len(missing)
    assert 8 == len({resource for each in reading for resource in each["Resource"]}), "the declared objects alone"
    assert [f"arn:aws:s3:::{BUCKET}"] == sorted({resource for each in listing for resource in each["Resource"]})
    assert {"store-forecaster/2026-10-28/*"} == {
        prefix for each in listing for prefix in each["Condition"]["StringLike"]["s3:prefix"]
    }
    assert len(missing) == len({each["Sid"] for each in missing})

    policy(*missing)

    assert 0 == run()[0]
    research = sandbox.client("s3", RESEARCH)
    assert research.get_object(Bucket=BUCKET, Key="demand-forecaster/2026-09-15/model.tar.gz")


def test_nothing_is_asked_for_a_retired_version(run: Run, catalog_copy: CatalogCopy, policy: Write) -> None:
    catalog_copy.end("fraud-detector-realtime", "1.0.0", state="retired")
    policy({"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": "s3:*", "Resource": "*"})

    missing = [each for each in printed(run()[2]) if each["Action"] == ["s3:GetObject"]]
    resources = {resource for each in missing for resource in each["Resource"]}

    assert 7 == len(resources)
    assert not any("fraud-detector/2026-09-01" in resource for resource in resources)


def test_a_single_account_is_named_and_a_unit_is_named_by_its_path(run: Run, policy: Write) -> None:
    policy({"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": "s3:*", "Resource": "*"})

    missing = printed(run()[2])

    accounts = [each for each in missing if each["Principal"] != "*"]
    units = [each for each in missing if each["Principal"] == "*"]
    assert {f"arn:aws:iam::{RESEARCH}:root", f"arn:aws:iam::{PRODUCTION}:root"} == {
        arn for each in accounts for arn in each["Principal"]["AWS"]
    }
    for each in units:
        assert each["Condition"]["StringEquals"]["aws:PrincipalOrgID"][0].startswith("o-")
        [path] = each["Condition"]["ForAnyValue:StringLike"]["aws:PrincipalOrgPaths"]
        assert re.fullmatch(r"o-[a-z0-9]+/r-[a-z0-9]+/ou-[a-z0-9-]+/ou-[a-z0-9-]+/\*", path)


def test_a_grant_that_a_denial_takes_back_is_a_problem(run: Run, sandbox: Sandbox, policy: Write) -> None:
    organization = sandbox.client("organizations", HUB).describe_organization()["Organization"]["Id"]
    everybody = {"Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    inside = {"StringEquals": {"aws:PrincipalOrgID": organization}}
    endpoint = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    policy(
        {"Effect": "Allow", **everybody, "Condition": inside},
        {"Sid": "Endpoint", "Effect": "Deny", **everybody, "Condition": endpoint},
    )

    code, _, errors = run()

    assert 1 == code
    assert (
        "(cannot be evaluated, so it does not count: Deny Endpoint: its condition StringNotEquals aws:SourceVpce)"
        in errors
    )


def test_an_own_repository_and_key_are_checked_as_the_bucket_is(
    run: Run, sandbox: Sandbox, catalog_copy: CatalogCopy
) -> None:
    ecr, kms = sandbox.client("ecr", HUB), sandbox.client("kms", HUB)
    key = kms.create_key()["KeyMetadata"]["Arn"]
    ecr.create_repository(repositoryName="our/embedder")
    declare(catalog_copy, IMAGE, key)

    code, _, errors = run()
    of_repository, of_key = printed(errors, "repository"), printed(errors, "key")

    assert 1 == code
    assert f"error: repository our/embedder in {REGION}: ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, " in errors
    assert f"error: key {key}: kms:Decrypt is not granted to" in errors
    assert not any("Resource" in each for each in of_repository), "a repository's policy has no resource"
    for each in (*of_repository, *of_key):
        assert each["Principal"] != "*" or each["Condition"]["StringEquals"]["aws:PrincipalOrgID"]
    assert {f"s3.{REGION}.amazonaws.com"} == {each["Condition"]["StringLike"]["kms:ViaService"] for each in of_key}

    own = {"Sid": "Own", "Effect": "Allow", "Principal": {"AWS": HUB}, "Action": "kms:*", "Resource": "*"}
    policies = [json.dumps({"Version": "2012-10-17", "Statement": found}) for found in (of_repository, [own, *of_key])]
    ecr.set_repository_policy(repositoryName="our/embedder", policyText=policies[0])
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policies[1])

    code, _, errors = run()
    assert (0, "") == (code, errors)


def test_what_is_not_there_is_a_problem(run: Run, catalog_copy: CatalogCopy) -> None:
    key = f"arn:aws:kms:{REGION}:{HUB}:key/1234abcd"
    declare(catalog_copy, IMAGE.replace("our/", "nobodys/"), key)
    text = (catalog_copy.folder / EMBEDDER).read_text()
    catalog_copy.write(EMBEDDER, text.replace(f"s3://{BUCKET}/", "s3://model-catalog-artifacts-none/"))

    code, _, errors = run()

    assert 1 == code
    for what in ("bucket model-catalog-artifacts-none", f"repository nobodys/embedder in {REGION}", f"key {key}"):
        assert f"error: {what}: does not exist. Create it, or correct artifacts in product.yaml." in errors


def test_a_bucket_of_another_account_is_a_problem(run: Run, sandbox: Sandbox, catalog_copy: CatalogCopy) -> None:
    bucket = "model-catalog-artifacts-of-research"
    sandbox.client("s3", RESEARCH).create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    text = (catalog_copy.folder / EMBEDDER).read_text()
    catalog_copy.write(EMBEDDER, text.replace(f"s3://{BUCKET}/", f"s3://{bucket}/"))

    code, _, errors = run()

    assert 1 == code
    assert f"error: bucket {bucket}: AccessDenied: " in errors
    assert f"The bucket must belong to the account {HUB}, and its policy must be readable." in errors


def test_a_portfolio_that_is_not_shared_needs_no_grant(run: Run, policy: Write, tmp_path: Path) -> None:
    policy({"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": "s3:*", "Resource": "*"})
    settings = SETTINGS.read_text().partition("  model-catalog-hub:shares")[0]
    (tmp_path / "Pulumi.hub-alone.yaml").write_text(settings)

    code, output, _ = run("--stack", "hub-alone")

    assert 0 == code
    assert f"bucket {BUCKET}: its models are not shared with any account" in output


def declare(catalog: CatalogCopy, image: str, key: str) -> None:
    """Let the text embedder's version run an image of the hub's own and have its data encrypted."""
    catalog.run_image("text-embedder-serverless", image, kms_key=key)


def printed(errors: str, what: str = "bucket") -> list[dict[str, Any]]:
    """Read the statements that were printed to add to a policy."""
    part = errors[errors.index(f"error: {what} ") :]
    found, _ = json.JSONDecoder().raw_decode(part[part.index("\n[") + 1 :])
    return found
