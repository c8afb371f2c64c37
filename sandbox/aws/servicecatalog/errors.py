# ruff: noqa: N818 - these are AWS's names
"""Errors by AWS's codes (API Reference, "Common errors" and the list of each operation)."""


class ServiceCatalogError(Exception):
    """An answer to the client; the class name is AWS's code."""

    @property
    def code(self) -> str:
        return type(self).__name__


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


class NotImplementedException(ServiceCatalogError):
    """The sandbox does not have this operation."""


def invalid(message: str) -> InvalidParametersException:
    return InvalidParametersException(message)


def not_found(kind: str, name: object) -> ResourceNotFoundException:
    return ResourceNotFoundException(f"{kind} not found: {name}")
