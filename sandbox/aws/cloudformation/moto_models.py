"""Resources that moto's own CloudFormation knows how to build."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

from moto.cloudformation import parsing
from moto.core.exceptions import ServiceException
from moto.s3.exceptions import BucketAlreadyExists, BucketAlreadyOwnedByYou
from moto.s3.models import PublicAccessBlock, s3_backends
from werkzeug.exceptions import HTTPException

from sandbox.aws.cloudformation.account_values import AccountValues
from sandbox.aws.cloudformation.api_bodies import rename, take_over
from sandbox.aws.cloudformation.attributes import Place
from sandbox.aws.cloudformation.moto_calls import NotEmulatedError, about_others
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.schemas import Schema
from sandbox.aws.documents import Json, Value, is_object, part
from sandbox.aws.iam.principals import iam_of

_API: Final = "AWS::ApiGateway::RestApi"
_TEXTS: Final = {"AWS::KMS::Key": ("KeyPolicy",), "AWS::Events::Rule": ("EventPattern",)}
"""Documents that moto wants as text."""


_BLOCKS: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@contextmanager
def _gaps(kind: str, account: str) -> Generator[None]:
    """Tell what moto refuses from what it cannot do."""
    try:
        yield
    except (StackError, ServiceException, HTTPException) as error:  # what moto raises when it means it
        if about_others(str(error), account):
            raise NotEmulatedError(f"{kind}: {error}") from error
        raise
    except Exception as error:
        raise NotEmulatedError(f"moto stumbles over {kind}: {error!r}") from error


@dataclass
class MotoModel:
    """A resource of moto's, and where it is."""

    kind: str
    resource: Any
    place: Place
    given: Json

    @classmethod
    def build(cls, kind: str, name: str, properties: Json, place: Place) -> "MotoModel":
        """Build one.

        Raises:
            NotEmulatedError: moto does not know the type, or stumbles over these properties.
        """
        made: Any = parsing.get_model_map().get(kind)
        if made is None:
            raise NotEmulatedError(f"moto's CloudFormation does not have {kind}")
        whole = {"Type": kind, "Properties": _as_moto_reads(kind, properties)}
        more = {"LogicalId": place.logical_id, "StackId": place.stack_id, "ResourceType": kind}
        try:
            with _gaps(kind, place.account):
                resource = made.create_from_cloudformation_json(name, whole, place.account, place.region, **more)
        except BucketAlreadyExists as error:
            own = s3_backends.bucket_accounts[error.bucket_name][1] == place.account
            refusal = BucketAlreadyOwnedByYou(error.bucket_name) if own else error
            raise StackError(f"{refusal.message} (Service: S3; Error Code: {refusal.code})") from error
        with _gaps(kind, place.account):
            _complete(kind, resource, properties, place)
        return cls(kind, resource, place, properties)

    def attribute(self, schema: Schema, name: str) -> Value:
        """An attribute, as far as moto has it."""
        try:
            found = self.resource.get_cfn_attribute(name)
        except Exception:  # noqa: BLE001 - moto has many ways to say that it does not know
            found = None
        if found is None and schema.identifier == [name] and name in schema.read_only:
            ids = (getattr(self.resource, each, None) for each in ("physical_resource_id", "id"))
            physical = str(next(filter(None, ids), ""))
            return (physical or None) if not name.endswith("Arn") or physical.startswith("arn:") else None
        return found

    def update(self, name: str, properties: Json) -> "MotoModel":
        """Change it, or where moto cannot change such a thing, make it anew."""
        made = cast("Any", type(self.resource))
        whole = {"Type": self.kind, "Properties": _as_moto_reads(self.kind, properties)}
        account, region = self.place.account, self.place.region
        if self.kind == _API:
            rename(self.resource, properties)
            with _gaps(self.kind, account):
                _complete(self.kind, self.resource, properties, self.place)
            return MotoModel(self.kind, self.resource, self.place, properties)
        if getattr(made.update_from_cloudformation_json, "__isabstractmethod__", False):
            self.delete()
            return MotoModel.build(self.kind, name, properties, self.place)
        with _gaps(self.kind, account):
            resource = made.update_from_cloudformation_json(self.resource, name, whole, account, region)
            _complete(self.kind, resource or self.resource, properties, self.place)
        return MotoModel(self.kind, resource or self.resource, self.place, properties)

    def delete(self) -> None:
        """Take it down, by the one or the other of moto's ways.

        Raises:
            NotEmulatedError: there is none.
        """
        account, region = self.place.account, self.place.region
        if self.kind.startswith("AWS::IAM::"):
            _detach_policies(account, self.resource)
        try:
            self.resource.delete(account, region)
        except (TypeError, AttributeError):
            made = cast("Any", type(self.resource))
            if getattr(made.delete_from_cloudformation_json, "__isabstractmethod__", False):
                raise NotEmulatedError(f"moto's CloudFormation cannot delete {self.kind}") from None
            whole = {"Type": self.kind, "Properties": self.given}
            made.delete_from_cloudformation_json(self.resource.physical_resource_id, whole, account, region)


def _detach_policies(account: str, resource: Any) -> None:  # noqa: ANN401 - as above
    """Part managed policies from those who have them, as AWS's handlers do before they delete the one or the other."""
    iam = iam_of(account)
    for holder in (*iam.roles.values(), *iam.users.values(), *iam.groups.values()):
        for policy in list(cast("Any", holder).managed_policies.values()):
            if resource is holder or resource is policy:
                policy.detach_from(holder)


def _complete(kind: str, resource: Any, properties: Json, place: Place) -> None:  # noqa: ANN401 - as above
    """Do what moto's CloudFormation leaves out."""
    if kind == _API and (body := _body(properties, place)):
        take_over(resource, place, body)
    if kind == "AWS::S3::Bucket":
        asked = properties.get("PublicAccessBlockConfiguration")
        resource.public_access_block = PublicAccessBlock(*map(asked.get, _BLOCKS)) if is_object(asked) else None


def _body(api: Json, place: Place) -> Json:
    """The document that an API is made from, which lies in the template or in S3."""
    stored = part(api, "BodyS3Location")
    if not stored:
        return part(api, "Body")
    known = AccountValues(place.account, place.region)
    return cast("Json", known.included(f"s3://{stored.get('Bucket')}/{stored.get('Key')}"))


def _as_moto_reads(kind: str, properties: Json) -> Json:
    texts = {n: json.dumps(properties[n]) for n in _TEXTS.get(kind, ()) if is_object(properties.get(n))}
    return {**properties, **texts}
