"""Actions that lead to more rights than their holder has: by a policy, by a role, or by code that runs as another.

Sources: Rhino Security Labs, "AWS IAM Privilege Escalation Methods and Mitigation"; Parliament, privilege escalation
paths; Cloudsplaining, actions of the kinds PrivilegeEscalation, ResourceExposure and CredentialsExposure. Of services
that run code or keep secrets every action counts that is on no list of `shared.aws.allowed`.
"""

import re
from typing import Final

_SERVICES: Final = """
    account airflow amplify appconfig apprunner appstream autoscaling batch bedrock-agentcore braket cassandra
    cloud9 cloudformation cloudshell codeartifact codebuild codecatalyst codecommit codeconnections codedeploy
    codepipeline codestar codestar-connections cognito-identity cognito-idp controltower datapipeline datazone ds
    ec2 ec2-instance-connect ec2messages ecs eks elasticbeanstalk elasticmapreduce emr-containers emr-serverless
    events fis gamelift glue greengrass iam identitystore imagebuilder iot kms lakeformation lambda lightsail
    mediastore opsworks organizations pipes proton quicksight ram redshift redshift-data redshift-serverless
    resiliencehub robomaker rolesanywhere sagemaker scheduler secretsmanager servicecatalog signin sso sso-directory
    sso-oauth ssm ssm-guiconnect ssm-quicksetup ssmmessages states sts synthetics workspaces
"""
_NAMES: Final = re.compile(r"policy|permission|acl|grant|role|credential|password|secret|token|accesskey|publicaccess")


def leads_to_more(action: str) -> bool:
    """Whether an action that is on no list may give its holder more rights than it has."""
    service, _, name = action.lower().partition(":")
    return service in _SERVICES.split() or _NAMES.search(name) is not None
