"""Every resource type and function that the plug-in knows."""

from collections.abc import Mapping

from . import functions
from .cloudformation import Stack
from .iam import Role, RolePolicy
from .organizations import AwsServiceAccess, DelegatedAdministrator
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
from .servicecatalog import functions as servicecatalog_functions
from .servicecatalog.association import PrincipalPortfolioAssociation, ProductPortfolioAssociation
from .servicecatalog.constraint import Constraint
from .servicecatalog.portfolio import Portfolio
from .servicecatalog.product import Product
from .servicecatalog.provisioned_product import ProvisionedProduct
from .servicecatalog.provisioning_artifact import ProvisioningArtifact
from .servicecatalog.service_action import ServiceAction
from .servicecatalog.share import OrganizationsAccess, PortfolioShare
from .servicecatalog.tag_option import BudgetResourceAssociation, TagOption, TagOptionResourceAssociation
from .stackset import StackSet
from .stackset_instances import StackInstances

RESOURCES: Mapping[str, Resource] = {
    kind.pulumi_type: kind()
    for kind in (
        AwsServiceAccess,
        Role,
        RolePolicy,
        Bucket,
        BucketObjectv2,
        BucketOwnershipControls,
        BucketPolicy,
        BucketPublicAccessBlock,
        BucketServerSideEncryptionConfiguration,
        BucketVersioning,
        BudgetResourceAssociation,
        Constraint,
        DelegatedAdministrator,
        OrganizationsAccess,
        Portfolio,
        PortfolioShare,
        PrincipalPortfolioAssociation,
        Product,
        ProductPortfolioAssociation,
        ProvisionedProduct,
        ProvisioningArtifact,
        ServiceAction,
        Stack,
        StackInstances,
        StackSet,
        TagOption,
        TagOptionResourceAssociation,
    )
}
FUNCTIONS: Mapping[str, functions.Function] = {**functions.FUNCTIONS, **servicecatalog_functions.FUNCTIONS}
