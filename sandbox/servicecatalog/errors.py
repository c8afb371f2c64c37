"""Errors that Service Catalog's API Reference lists, by their codes."""


class ServiceCatalogError(Exception):
    """An answer to the client; the class name is AWS's code."""

    @property
    def code(self) -> str:
        return type(self).__name__

    @property
    def message(self) -> str:
        return str(self)


class ValidationException(ServiceCatalogError):
    """The request does not have the shape that the API model prescribes."""


class InvalidParametersException(ServiceCatalogError):
    """A value is wrong in what it says."""


class ResourceNotFoundException(ServiceCatalogError):
    """There is no such thing, or the caller may not see it."""


class DuplicateResourceException(ServiceCatalogError):
    """It exists already."""


class ResourceInUseException(ServiceCatalogError):
    """Something else still hangs on it."""


class LimitExceededException(ServiceCatalogError):
    """A quota of the account is used up."""


class InvalidStateException(ServiceCatalogError):
    """Not now: something is under way, or has to happen first."""


class OperationNotSupportedException(ServiceCatalogError):
    """Not for this caller."""


class AccessDeniedException(ServiceCatalogError):
    """IAM does not allow it."""


class NotEmulatedError(ServiceCatalogError):
    """The sandbox does not have this operation."""

    @property
    def code(self) -> str:
        return "NotImplemented"


def not_found(kind: str, name: str | None) -> ResourceNotFoundException:
    return ResourceNotFoundException(f"{kind} not found: {name}")
