"""The properties of resources that may hold a local path, and how an uploaded file is named there."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

Form = tuple[str, str] | Literal["s3", "https"]
"""How an uploaded file is named: by two keys for bucket and key, or by a URL."""


class Property(NamedTuple):
    """A property that may hold a local path.

    Attributes:
        zipped: One file alone is put into an archive as well.
    """

    keys: tuple[str, ...]
    form: Form
    zipped: bool = False


PROPERTIES: Final[Mapping[str, tuple[Property, ...]]] = {
    "AWS::ApiGateway::RestApi": (Property(("BodyS3Location",), ("Bucket", "Key")),),
    "AWS::AppSync::FunctionConfiguration": (
        Property(("RequestMappingTemplateS3Location",), "s3"),
        Property(("ResponseMappingTemplateS3Location",), "s3"),
        Property(("CodeS3Location",), "s3"),
    ),
    "AWS::AppSync::GraphQLSchema": (Property(("DefinitionS3Location",), "s3"),),
    "AWS::AppSync::Resolver": (
        Property(("RequestMappingTemplateS3Location",), "s3"),
        Property(("ResponseMappingTemplateS3Location",), "s3"),
        Property(("CodeS3Location",), "s3"),
    ),
    "AWS::CloudFormation::ModuleVersion": (Property(("ModulePackage",), "s3"),),
    "AWS::CloudFormation::ResourceVersion": (Property(("SchemaHandlerPackage",), "s3"),),
    "AWS::CloudFormation::Stack": (Property(("TemplateURL",), "https"),),
    "AWS::CodeCommit::Repository": (Property(("Code", "S3"), ("Bucket", "Key"), zipped=True),),
    "AWS::ElasticBeanstalk::ApplicationVersion": (Property(("SourceBundle",), ("S3Bucket", "S3Key")),),
    "AWS::Glue::Job": (Property(("Command", "ScriptLocation"), "s3"),),
    "AWS::Lambda::Function": (Property(("Code",), ("S3Bucket", "S3Key"), zipped=True),),
    "AWS::Lambda::LayerVersion": (Property(("Content",), ("S3Bucket", "S3Key"), zipped=True),),
    "AWS::Serverless::Api": (Property(("DefinitionUri",), "s3"),),
    "AWS::Serverless::Application": (Property(("Location",), "https"),),
    "AWS::Serverless::Function": (Property(("CodeUri",), "s3", zipped=True),),
    "AWS::Serverless::HttpApi": (Property(("DefinitionUri",), "s3"),),
    "AWS::Serverless::LayerVersion": (Property(("ContentUri",), "s3", zipped=True),),
    "AWS::Serverless::StateMachine": (Property(("DefinitionUri",), "s3"),),
    "AWS::ServerlessRepo::Application": (Property(("ReadmeUrl",), "s3"), Property(("LicenseUrl",), "s3")),
    "AWS::StepFunctions::StateMachine": (Property(("DefinitionS3Location",), ("Bucket", "Key")),),
}
"""What is packaged (source: AWS CLI reference, `cloudformation package`; SAM CLI reference, `sam package`)."""
TEMPLATES: Final = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")
