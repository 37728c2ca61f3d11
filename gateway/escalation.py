"""A failed turn becomes a hand-over to a human, where the bot's account file says so."""

from gateway.bot import Escalation
from gateway.contract.types import Action, ActionName, Reply, Text


def escalate(escalation: Escalation) -> Reply:
    """Make the reply: the message, if there is one, and a TRANSFER to the escalation's skill."""
    return Reply(
        messages=(Text(escalation.message),) if escalation.message else (),
        action=Action(ActionName.TRANSFER, {"skill": escalation.skill}),
    )
