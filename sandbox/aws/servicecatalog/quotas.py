"""AWS's default quotas, per account and region (AWS General Reference, "Service Catalog quotas")."""

from sandbox.aws.servicecatalog.errors import LimitExceededException

PORTFOLIOS = 100
PRODUCTS = 350
PRODUCTS_PER_PORTFOLIO = 150
VERSIONS_PER_PRODUCT = 100
SHARED_ACCOUNTS = 5000
PRINCIPALS_PER_PORTFOLIO = 100
PATTERNS_PER_PORTFOLIO = 10
CONSTRAINTS_PER_PRODUCT = 100
SERVICE_ACTIONS = 200
ACTIONS_PER_VERSION = 25
TAGS = 20
TAG_OPTIONS = 25


def room_for(what: str, present: int, quota: int, added: int = 1) -> None:
    """Refuse one more than the quota allows."""
    if present + added > quota:
        raise LimitExceededException(f"You have reached the limit of {quota} {what}")
