"""What LivePerson's connector checks in an answer (`pipes.…`), and what can go wrong when it carries it out."""

from typing import Final

from gateway.contract.codes.entry import PREFIX, Entry, RaisedBy


def _pipes(code: str, meaning: str, remedy: str) -> Entry:
    return Entry(f"{PREFIX}pipes.{code}", meaning, remedy, RaisedBy.BOTH, "6", 502)


def _liveperson(code: str, meaning: str, remedy: str, section: str = "7") -> Entry:
    return Entry(PREFIX + code, meaning, remedy, RaisedBy.LIVEPERSON, section)


_SKILL_REMEDY = (
    "Compare the skill in the bot's action with the skill's name in LivePerson, letter by letter: case counts, and so do "
    "blanks. If the skill is right, add it to skills in the account file."
)

PIPES: Final = (
    _pipes(
        "verify-ai-response.missing-action-and-messages",
        "The bot's answer has neither a message nor an action.",
        "Give the intent or node that matched a response, and the bot a fallback for what it does not know. The log's "
        "warnings name what was there and had to be dropped.",
    ),
    _pipes(
        "verify-ai-response.no-messages-and-not-supported-action",
        "The bot's answer has no messages, and its action is unknown, malformed or not allowed here.",
        "Check the action's spelling (TRANSFER, CLOSE_CONVERSATION, CHANGE_TTR, INVOCATION) and its parameters; "
        "CHANGE_TTR does not exist on chat, and its CUSTOM needs features.custom_ttr. A message beside it would at least "
        "keep the conversation going.",
    ),
    _pipes(
        "verify-ai-response.quick-replies-not-supported",
        "The bot sent quick replies, and its channel is chat, which has none.",
        "Offer the choices as structured content with buttons, or use another bot for chat. If the bot serves messaging, "
        "set its channel to messaging.",
    ),
    _pipes(
        "messaging-handle-bot-action.transfer-skill-not-existing",
        "On messaging, the bot transfers to a skill that the account does not have.",
        _SKILL_REMEDY,
    ),
    _pipes(
        "chat-handle-bot-action.transfer-skill-not-existing",
        "On chat, the bot transfers to a skill that the account does not have.",
        _SKILL_REMEDY,
    ),
    _liveperson(
        "pipes.conversation-limit-checker.max-conv-limit-reached",
        "The bot has 999 conversations open, LivePerson's limit; further ones go to the transfer skill.",
        "Let the bot close or transfer what it has finished, and add bots to the skill: 250 conversations each is the "
        "advice.",
        "6",
    ),
)

CONNECTOR: Final = (
    _liveperson(
        "connector.messaging.send-message",
        "A message was not accepted on messaging: malformed structured content in most cases, or an image from a host that "
        "is not on the list.",
        "Check the structured content in LivePerson's JSON validator and against docs/contract/structured-content.md, and "
        "add the image's host to the account's list of allowed image domains.",
    ),
    _liveperson(
        "connector.messaging.end-conversation",
        "A messaging conversation could not be closed: it already was, or had been transferred.",
        "Nothing to do for single ones. When they pile up, see whether the bot transfers and closes in the same breath.",
    ),
    _liveperson(
        "connector.messaging.change-ttr",
        "The time to response could not be changed, mostly because of its value.",
        "Use URGENT, NORMAL or PRIORITIZED; CUSTOM, with its value in seconds, only where LivePerson has it switched on.",
    ),
    _liveperson(
        "connector.messaging.transfer-to-skill",
        "A messaging conversation could not be transferred: trouble with LivePerson's API, or it was closed in between.",
        "Nothing to do for single ones. When they pile up, check that the skill exists and is enabled, and LivePerson's "
        "status page.",
    ),
    _liveperson(
        "connector.messaging.conversation-closed",
        "A command was sent to a messaging conversation that is closed.",
        "The consumer or an agent was faster. Shorten long delays in the bot's answers if it happens often.",
    ),
    _liveperson(
        "connector.messaging.agent-not-authorized",
        "The messaging conversation does not belong to the bot any more.",
        "It was taken over or transferred while the bot answered. When it happens often, look at routing rules and at "
        "agents who take over.",
    ),
    _liveperson(
        "connector.chat.send-message",
        "A message was not accepted on chat: malformed structured content in most cases.",
        "Check the structured content in LivePerson's JSON validator and against docs/contract/structured-content.md.",
    ),
    _liveperson(
        "connector.chat.end-conversation",
        "A chat could not be closed: the consumer had closed it already.",
        "Nothing to do.",
    ),
    _liveperson(
        "connector.chat.transfer-to-skill",
        "A chat could not be transferred: nobody with the skill is available, or has a free slot.",
        "Check the skill's opening hours and staffing, and let the bot say so instead of transferring outside them.",
    ),
    Entry(
        f"{PREFIX}events-queue.not-catched-pipeline-error",
        "Something failed that nobody had foreseen. From botbridge (HTTP 500) it is a fault of botbridge itself.",
        "Search botbridge's log for the error id: it has the traceback. Please report it as a bug with that traceback. "
        "Without an error id it comes from LivePerson: open a ticket with the conversation's id.",
        RaisedBy.BOTH,
        "7",
        500,
    ),
    _liveperson(
        "sdes-service.missing-session-or-visitor-id",
        "Engagement attributes were not fetched: the conversation has no visitor session.",
        "Normal for conversations that did not start on a tagged page. Switch the bot's Engagement Attributes off if it "
        "does not use them.",
    ),
    _liveperson(
        "sdes-service.uauth-sdes-entry-is-empty",
        "Engagement attributes were not fetched: none are set, or the conversation has no visitor session.",
        "Set them on the page before the conversation starts, or switch the bot's Engagement Attributes off.",
    ),
    _liveperson(
        "public-api.execution-failed",
        "A command of the bot's Public API could not be executed.",
        "Read the command's state in the Public API, and whether the conversation was still open within the command's ttl.",
    ),
)
