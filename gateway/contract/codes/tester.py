"""Findings of LivePerson's Conversation Tester: for the author of a bot, never raised at run time."""

from typing import Final

from gateway.contract.codes.entry import Entry, RaisedBy


def _entry(code: str, meaning: str, remedy: str) -> Entry:
    return Entry(code, meaning, remedy, RaisedBy.TESTER, "9")


_ACTION = (
    "Check the action's parameters: TRANSFER needs skill, CHANGE_TTR needs ttrType, INVOCATION needs lambdaUuid and an "
    "object as payload; agentId is a string, withoutPcs and failOnError are booleans. At run time the action would be "
    "ignored."
)
_TEXT = "Every text must be a string that is not empty; variables in it must have a value."
_DELAY = "delay must be a number of whole seconds, typing a boolean."
_PRIVATE_TEXT = "A private text has text, and messageAudience exactly AGENTS_AND_MANAGERS."
_TEXT_WITH_METADATA = (
    "Both textResponse and encodedMetadata must be there: a text, and a base64 string of at most 5000 characters."
)

TESTER: Final = (
    _entry(
        "common-invalid-structured-content-body",
        "Structured content is invalid: a member is wrong or missing.",
        "Check it in LivePerson's JSON validator and against docs/contract/structured-content.md.",
    ),
    _entry(
        "common-invalid-ai-vendor-response",
        "The vendor did not respond.",
        "Run botbridge test-connection for the bot, and look at the vendor's status page.",
    ),
    _entry(
        "common-invalid-parsed-response",
        "Neither valid messages nor valid actions were found in the answer.",
        "Give the intent or node that matched a response, and the bot a fallback for what it does not know.",
    ),
    _entry(
        "common-no-quick-replies-support-chat",
        "The answer has quick replies, and the conversation is a chat.",
        "Offer the choices as structured content with buttons, or test with a messaging conversation.",
    ),
    _entry("dialog-flow-es-action-body", "An action of Dialogflow ES is invalid.", _ACTION),
    _entry("dialog-flow-es-invalid-text-body", "A text of Dialogflow ES is invalid.", _TEXT),
    _entry(
        "dialog-flow-es-invalid-text-with-encoded-metadata-body",
        "A text with metadata of Dialogflow ES is invalid or incomplete.",
        _TEXT_WITH_METADATA,
    ),
    _entry("dialog-flow-es-invalid-delay-body", "A delay of Dialogflow ES is invalid.", _DELAY),
    _entry("dialog-flow-es-invalid-private-text-body", "A private text of Dialogflow ES is invalid.", _PRIVATE_TEXT),
    _entry("dialog-flow-cx-invalid-text-body", "A text of Dialogflow CX is invalid.", _TEXT),
    _entry("dialog-flow-cx-invalid-action-body", "An action of Dialogflow CX is invalid.", _ACTION),
    _entry("dialog-flow-cx-invalid-private-text-body", "A private text of Dialogflow CX is invalid.", _PRIVATE_TEXT),
    _entry(
        "dialog-flow-cx-invalid-text-with-encoded-metadata-body",
        "A text with metadata of Dialogflow CX is invalid or incomplete.",
        _TEXT_WITH_METADATA,
    ),
    _entry("dialog-flow-cx-invalid-delay-body", "A delay of Dialogflow CX is invalid.", _DELAY),
    _entry("watson-assistant-invalid-text-body", "A text of Watson is invalid.", _TEXT),
    _entry(
        "watson-assistant-invalid-delay-body",
        "A native pause of Watson is invalid.",
        "Give the pause its time in milliseconds; typing is a boolean.",
    ),
    _entry("watson-assistant-invalid-private-text-body", "A private text of Watson is invalid.", _PRIVATE_TEXT),
    _entry(
        "watson-assistant-message-format",
        "A response type of Watson is unknown.",
        "Use text, image, options, pause or user_defined.",
    ),
    _entry(
        "watson-assistant-invalid-image-body",
        "A native image of Watson is invalid.",
        "Give the image a source: an https URL whose host is on the account's list of allowed image domains.",
    ),
    _entry(
        "watson-assistant-invalid-options-body",
        "A native option response of Watson is invalid.",
        "Give it a title and at least one option, each with a label and value.input.text.",
    ),
    _entry(
        "watson-assistant-invalid-body",
        "Something else in the answer of Watson is invalid.",
        "Compare the JSON of the node or step with docs/contract/vendors/watson.md.",
    ),
    _entry(
        "lex-invalid-message-format",
        "A message of Lex has a format that is not supported.",
        "Use plain text or a custom payload, no SSML.",
    ),
    _entry(
        "lex-invalid-json",
        "A custom payload of Lex is not JSON.",
        "Check it with a JSON parser: missing quotes, trailing commas and typographic quotes are the usual faults.",
    ),
    _entry("lex-invalid-action-body", "An action of Lex is invalid.", _ACTION),
    _entry(
        "lex-invalid-text-with-encoded-metadata-body",
        "A text with metadata of Lex is invalid or incomplete.",
        _TEXT_WITH_METADATA,
    ),
    _entry("lex-invalid-delay-body", "A delay of Lex is invalid.", _DELAY),
    _entry("lex-invalid-private-text-body", "A private text of Lex is invalid.", _PRIVATE_TEXT),
    _entry("lex-invalid-text-body", "A text of Lex is invalid.", _TEXT),
    _entry(
        "liveperson-functions-invalid-body",
        "The function's answer is invalid.",
        "Answer with {messages, context} as docs/contract/custom-integration.md section 2 has it.",
    ),
    _entry("liveperson-functions-invalid-action-body", "The function's action is invalid.", _ACTION),
    _entry(
        "custom-endpoint-invalid-body",
        "The answer of a Custom Endpoint is invalid.",
        "Compare it with docs/contract/custom-endpoint.md; if botbridge sent it, please report it as a bug.",
    ),
    _entry(
        "microsoft-bot-framework-invalid-body",
        "The answer of a Microsoft bot is invalid.",
        "Check the bot's channelData against LivePerson's page on Microsoft bots.",
    ),
    _entry(
        "ebot7-invalid-body",
        "The answer of an e-bot7 bot is invalid.",
        "Check the bot's answer against LivePerson's page on e-bot7.",
    ),
)
