"""Writes the catalog out for people and machines that look at it, into one folder."""

from pathlib import Path

from cli.catalog.files import catalog_as_of
from hub.config import HubSettings
from pages.index.build import Publisher, index_of
from pages.index.model import Index
from shared.stack.stack_file import stack_files


def index_here(*, private: bool = False, repository: str = "") -> Index:
    """Build the index of the catalog that is here, as it is on the day of the environment. Raises CatalogError."""
    publishers = [Publisher(file.path.name, file.settings(HubSettings)) for file in stack_files(Path(), "hub")]
    return index_of(catalog_as_of(), publishers, private=private, repository=repository)
