"""A turn's answer as a door's: JSON, and for an escalation the headers that say which error it stands for."""

from typing import Final

from gateway.ingress.call import Answered
from gateway.sessions.repeats import Answer

ERROR_NAME: Final = "X-Error-Name"
ERROR_ID: Final = "X-Error-Id"


def write_answer(answer: Answer) -> Answered:
    """Write the answer of a turn."""
    if answer.error_name is None or answer.error_id is None:
        return Answered(answer.body)
    return Answered(answer.body, headers=((ERROR_NAME, answer.error_name), (ERROR_ID, answer.error_id)))
