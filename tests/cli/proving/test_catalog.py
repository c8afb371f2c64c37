"""The catalog that a proof publishes: a right one as it is, and right for a run."""

import datetime as dt
import io
import json
import shutil
import tarfile
from pathlib import Path

import pytest

from cli.proving.model import IMAGES, archive
from cli.proving.rehearsal import Conditions, faults
from cli.proving.stage import CATALOG, Stage
from hub.definitions.load import read_catalog, read_unlocked
from sandbox.aws.faults import Faults
from sandbox.clock import Clock
from tests.support.paths import ROOT
from tests.support.proving import MARK, World

DAY = dt.date(2026, 11, 27)


def whole(folder: Path) -> Path:
    target = folder / "catalog"
    shutil.copytree(CATALOG, target)
    for name in ("marker.yaml", "prices.yaml"):
        shutil.copyfile(ROOT / "hub" / "catalog" / name, target / name)
    return target


def test_the_proofs_catalog_has_no_mistake(tmp_path: Path) -> None:
    (product,) = read_unlocked(whole(tmp_path), DAY).products

    assert ["1.0.0", "1.1.0"] == [version.entry.version for version in product.versions]
    images = product.versions[0].entry.artifacts.images
    assert {f"{account}.dkr.ecr.{region}" for region, account in IMAGES.items()} == {
        image.partition(".amazonaws")[0] for image in images
    }


@pytest.mark.usefixtures("folder")
def test_a_run_writes_it_with_its_own_name_account_region_and_digests(still: World) -> None:
    proof = still.proof()
    proof.record.region = "eu-west-1"
    stage = Stage(proof.record, proof.parties["management"])
    target = stage.project / "hub" / "catalog"
    target.mkdir(parents=True)
    for name in ("marker.yaml", "prices.yaml"):
        shutil.copyfile(ROOT / "hub" / "catalog" / name, target / name)

    stage.write_catalog({f"{'a' * 31}1": "b" * 31 + "1", f"{'a' * 31}2": "b" * 31 + "2"})

    (product,) = read_catalog(target, DAY).products
    first = product.versions[0].entry
    assert MARK == product.file.key
    assert f"arn:aws:sagemaker:eu-west-1:222233334444:model-package/{MARK}/1" == first.model_package
    assert f"s3://{MARK}-222233334444/1/model.tar.gz" == first.artifacts.model_data
    assert "b" * 31 + "1" == first.artifacts.etag
    assert not [path for path in target.rglob("*") if path.is_file() and "000000" in path.read_text()]


def test_the_two_archives_hold_one_tree_and_differ() -> None:
    assert archive(1) == archive(1) != archive(2)
    with tarfile.open(fileobj=io.BytesIO(archive(1))) as tar:
        (entry,) = tar.getmembers()
        tree = tar.extractfile(entry)
        assert tree is not None
        assert [1, 7, 6] == json.load(tree)["version"]


def test_the_sandbox_takes_the_faults_that_stand_for_aws() -> None:
    known = Faults(Clock(), 0)
    known.replace(faults(Conditions()), "a rehearsal")

    assert {"ThrottlingException", None} == {fault.error for fault in known.active}
    assert [] == faults(Conditions(plain=True))
