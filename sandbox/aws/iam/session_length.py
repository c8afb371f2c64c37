"""How long a role's session may last."""

from typing import Final

from moto.iam.models import Role

from sandbox.aws.errors import ApiError
from sandbox.aws.wire import Request

_HOUR: Final = 3600
"""What a role is made with, and all that one role may assume another for (IAM User Guide, "Role chaining")."""


def refuse_long_session(request: Request, role: Role, *, is_chained: bool) -> None:
    """Refuse more seconds than the role lets a session last.

    Raises:
        ApiError: in STS's words (IAM User Guide, "Update the maximum session duration for a role").
    """
    asked = request.form.get("DurationSeconds", "")
    if not asked.isdigit():
        return
    if int(asked) > int(role.max_session_duration or _HOUR):
        text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise ApiError("ValidationError", text, 400)
    if is_chained and int(asked) > _HOUR:
        text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        raise ApiError("ValidationError", text, 400)
