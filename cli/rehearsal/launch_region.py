"""Where a version is rehearsed: templates differ by region, in what they map and in the types that there are."""

from pathlib import Path
from typing import Final

import botocore.session

from shared.errors import ContentError
from shared.spelling import meant
from shared.stack.stack_file import StackFile

_WITHOUT_HUB: Final = "eu-central-1"


def chosen_region(named: str) -> str:
    """Give the region that is named, or the hub's where none is, of several the first.

    Raises:
        ContentError: Service Catalog is in no such region.
    """
    if not named:
        hubs = (StackFile(path).given.get("aws:region") for path in sorted(Path().glob("Pulumi.hub*.yaml")))
        return next(filter(None, hubs), _WITHOUT_HUB)
    session = botocore.session.get_session()
    regions = [
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("servicecatalog", partition)
    ]
    if named not in regions:
        raise ContentError(
            f"invalid value {named!r}.{meant(named, regions)} Expected the name of an AWS region.",
            code="invalid-value",
            place="--region",
        )
    return named
