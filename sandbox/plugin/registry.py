"""Every resource type and function that the plug-in knows."""

from collections.abc import Mapping

from . import functions
from .cloudformation import Stack
from .iam import Role, RolePolicy
from .organizations import DelegatedAdministrator
from .s3 import Bucket
from .s3_object import BucketObjectv2
from .s3_settings import (
    BucketOwnershipControls,
    BucketPolicy,
    BucketPublicAccessBlock,
    BucketServerSideEncryptionConfiguration,
    BucketVersioning,
)
from .schema import Resource

RESOURCES: Mapping[str, Resource] = {
    kind.token: kind()
    for kind in (
        Role,
        RolePolicy,
        Bucket,
        BucketObjectv2,
        BucketOwnershipControls,
        BucketPolicy,
        BucketPublicAccessBlock,
        BucketServerSideEncryptionConfiguration,
        BucketVersioning,
        DelegatedAdministrator,
        Stack,
    )
}
FUNCTIONS: Mapping[str, functions.Function] = {**functions.FUNCTIONS}
