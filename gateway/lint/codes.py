"""Every code that lint gives: those of LivePerson's Conversation Tester that an export can show, and lint's own.

The Tester's are those of docs/contract/errors.md section 9, with the meaning and remedy of the catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gateway.contract.catalogue import CATALOGUE

OWN_PREFIX: Final = "botbridge.lint."

STRUCTURED_CONTENT: Final = "common-invalid-structured-content-body"
NO_ANSWER: Final = "common-invalid-parsed-response"
QUICK_REPLIES_ON_CHAT: Final = "common-no-quick-replies-support-chat"

BROKEN_FILE: Final = OWN_PREFIX + "broken-file"
CHANGE_TTR: Final = OWN_PREFIX + "change-ttr"
CONTENT_LENGTH: Final = OWN_PREFIX + "lex-content-length"
ENCODED_METADATA: Final = OWN_PREFIX + "encoded-metadata"
HAND_OVER: Final = OWN_PREFIX + "connect-to-agent"
IGNORED: Final = OWN_PREFIX + "ignored-message"
IGNORED_MEMBER: Final = OWN_PREFIX + "ignored-member"
IMAGE: Final = OWN_PREFIX + "image-as-text"
JSON_AS_TEXT: Final = OWN_PREFIX + "json-as-text"
LONG_DELAY: Final = OWN_PREFIX + "long-delay"
LONG_TEXT_EVENT: Final = OWN_PREFIX + "no-long-text-event"
MESSAGE_GROUPS: Final = OWN_PREFIX + "lex-message-groups"
METADATA: Final = OWN_PREFIX + "metadata"
NO_FALLBACK: Final = OWN_PREFIX + "no-fallback"
NO_WELCOME: Final = OWN_PREFIX + "no-welcome"
OLD_PLACE: Final = OWN_PREFIX + "old-place"
OLD_URL: Final = OWN_PREFIX + "watson-old-url"
QUICK_REPLIES_NOT_LAST: Final = OWN_PREFIX + "quick-replies-not-last"
RESPONSE_CARD: Final = OWN_PREFIX + "lex-response-card"
RESPONSE_TYPES: Final = OWN_PREFIX + "watson-response-types"
SEVERAL_ACTIONS: Final = OWN_PREFIX + "several-actions"
UNKNOWN_SKILL: Final = OWN_PREFIX + "unknown-skill"


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """LivePerson fails at it, refuses it or drops it; the consumer or the conversation misses something."""
    WARNING = "warning"
    """Something is changed or ignored, and the conversation goes on."""
    NOTE = "note"
    """Nothing is lost; worth knowing."""


@dataclass(frozen=True, slots=True)
class Code:
    """What lint says of one code."""

    code: str
    severities: tuple[Severity, ...]
    """How bad its findings can be."""
    meaning: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The Tester's codes for one vendor's messages; where the Tester has none of its own, its code for the rest."""

    text: str
    text_with_metadata: str
    delay: str
    private_text: str
    action: str
    payload: str
    """An object that is none of LivePerson's."""


DIALOGFLOW_ES: Final = Dialect(
    text="dialog-flow-es-invalid-text-body",
    text_with_metadata="dialog-flow-es-invalid-text-with-encoded-metadata-body",
    delay="dialog-flow-es-invalid-delay-body",
    private_text="dialog-flow-es-invalid-private-text-body",
    action="dialog-flow-es-action-body",
    payload=NO_ANSWER,
)
LEX: Final = Dialect(
    text="lex-invalid-text-body",
    text_with_metadata="lex-invalid-text-with-encoded-metadata-body",
    delay="lex-invalid-delay-body",
    private_text="lex-invalid-private-text-body",
    action="lex-invalid-action-body",
    payload="lex-invalid-message-format",
)
WATSON: Final = Dialect(
    text="watson-assistant-invalid-text-body",
    text_with_metadata="watson-assistant-invalid-text-body",
    delay="watson-assistant-invalid-delay-body",
    private_text="watson-assistant-invalid-private-text-body",
    action="watson-assistant-invalid-body",
    payload="watson-assistant-invalid-body",
)
LEX_JSON: Final = "lex-invalid-json"
LEX_FORMAT: Final = "lex-invalid-message-format"
WATSON_FORMAT: Final = "watson-assistant-message-format"
WATSON_IMAGE: Final = "watson-assistant-invalid-image-body"
WATSON_OPTIONS: Final = "watson-assistant-invalid-options-body"
WATSON_BODY: Final = "watson-assistant-invalid-body"

_TESTER: Final[Mapping[str, tuple[Severity, ...]]] = {
    STRUCTURED_CONTENT: (Severity.ERROR, Severity.WARNING, Severity.NOTE),
    NO_ANSWER: (Severity.ERROR,),
    QUICK_REPLIES_ON_CHAT: (Severity.ERROR,),
    DIALOGFLOW_ES.action: (Severity.ERROR, Severity.WARNING),
    DIALOGFLOW_ES.text: (Severity.ERROR, Severity.WARNING),
    DIALOGFLOW_ES.text_with_metadata: (Severity.ERROR, Severity.WARNING),
    DIALOGFLOW_ES.delay: (Severity.ERROR, Severity.WARNING),
    DIALOGFLOW_ES.private_text: (Severity.ERROR,),
    LEX_FORMAT: (Severity.ERROR,),
    LEX_JSON: (Severity.ERROR,),
    LEX.action: (Severity.ERROR, Severity.WARNING),
    LEX.text: (Severity.ERROR, Severity.WARNING),
    LEX.text_with_metadata: (Severity.ERROR, Severity.WARNING),
    LEX.delay: (Severity.ERROR, Severity.WARNING),
    LEX.private_text: (Severity.ERROR,),
    WATSON.text: (Severity.ERROR, Severity.WARNING),
    WATSON.delay: (Severity.ERROR, Severity.WARNING),
    WATSON.private_text: (Severity.ERROR,),
    WATSON_FORMAT: (Severity.ERROR, Severity.WARNING),
    WATSON_IMAGE: (Severity.ERROR, Severity.WARNING, Severity.NOTE),
    WATSON_OPTIONS: (Severity.ERROR, Severity.WARNING),
    WATSON_BODY: (Severity.ERROR, Severity.WARNING),
}
_OWN: Final = (
    Code(
        BROKEN_FILE,
        (Severity.ERROR,),
        "A file of the export is no JSON, or not of the form that the vendor exports.",
        "Export the bot again. When the file is edited by hand, check it with a JSON parser.",
    ),
    Code(
        NO_FALLBACK,
        (Severity.ERROR,),
        "Nothing answers what the bot does not understand. LivePerson's connection test sends just that, and the consumer's "
        "first unknown text would escalate.",
        "Give the bot a fallback with an answer: a fallback intent (Dialogflow ES, Lex), a clarification prompt (Lex V1), an "
        "anything_else node or action (Watson).",
    ),
    Code(
        NO_WELCOME,
        (Severity.NOTE,),
        "Nothing answers when a conversation begins: on chat, and on messaging with the Welcome Message option, the fallback "
        "speaks first.",
        "Dialogflow ES: an intent with the event WELCOME. Lex: an intent with the utterance WELCOME-INTENT. Watson: a node or "
        "action for welcome.",
    ),
    Code(
        LONG_TEXT_EVENT,
        (Severity.NOTE,),
        "No intent has the event DIALOGFLOW_CHAR_LIMIT, which stands for a consumer's text of more than 256 characters.",
        "Give an intent that asks for a shorter text the event DIALOGFLOW_CHAR_LIMIT.",
    ),
    Code(
        SEVERAL_ACTIONS,
        (Severity.WARNING,),
        "One answer has several actions; only the first is carried out.",
        "Keep one action in an answer. What else there is to do can be an INVOCATION of a function, or a turn of its own.",
    ),
    Code(
        UNKNOWN_SKILL,
        (Severity.ERROR,),
        "A TRANSFER names a skill that is none of those given with --skill.",
        "Write the skill as LivePerson does; case and spaces count.",
    ),
    Code(
        CHANGE_TTR,
        (Severity.WARNING,),
        "A CHANGE_TTR that is dropped here: any on chat, and CUSTOM on accounts that do not have it switched on.",
        "Use URGENT, PRIORITIZED or NORMAL, and on messaging alone. With CUSTOM switched on at LivePerson, set "
        "features.custom_ttr in the account file.",
    ),
    Code(
        ENCODED_METADATA,
        (Severity.ERROR, Severity.WARNING),
        "An encodedMetadata that LivePerson does not take. LivePerson drops the whole message in silence, botbridge sends it "
        "without.",
        "Write base64 (RFC 4648, with padding, no line breaks) of at most 5000 characters; on chat leave it out.",
    ),
    Code(
        METADATA,
        (Severity.WARNING,),
        "An entry of metadata that is dropped.",
        "metadata is an array of objects that are not empty; an ExternalId needs type and id.",
    ),
    Code(
        QUICK_REPLIES_NOT_LAST,
        (Severity.WARNING,),
        "Something visible follows quick replies in the same answer, and takes them off the screen.",
        "Move the quick replies to the end of the answer.",
    ),
    Code(
        OLD_PLACE,
        (Severity.WARNING,),
        "Quick replies stand beside structuredContent instead of in it, which only LivePerson's oldest pages know.",
        "Write {structuredContent: {message, quickReplies}}.",
    ),
    Code(
        IGNORED_MEMBER,
        (Severity.WARNING,),
        "A member of a payload that is ignored, and looks like a misspelt one or like another message.",
        "Correct its name; make another message of its own payload.",
    ),
    Code(
        JSON_AS_TEXT,
        (Severity.WARNING,),
        "A text holds one of LivePerson's objects as JSON. The consumer sees the JSON.",
        "Make it a custom payload.",
    ),
    Code(
        LONG_DELAY,
        (Severity.WARNING,),
        "A delay of more than 300 seconds, which botbridge cuts to that.",
        "A delay is in seconds (a Watson pause in milliseconds).",
    ),
    Code(
        IMAGE,
        (Severity.WARNING,),
        "An image, video, audio or page whose address LivePerson does not show. The address goes out as text.",
        "Give an https address, of an image at most 2048 characters long, of another link 1024.",
    ),
    Code(
        IGNORED,
        (Severity.WARNING,),
        "A message that LivePerson has no form for, such as one for another platform. It is ignored.",
        "When LivePerson's consumers are to see it, say it in a text or in structured content of the default platform.",
    ),
    Code(
        CONTENT_LENGTH,
        (Severity.ERROR,),
        "A message is longer than Lex takes: 1000 characters in V1, 1024 in V2. The import of the bot fails.",
        "Shorten it, or let a Lambda function build it.",
    ),
    Code(
        MESSAGE_GROUPS,
        (Severity.ERROR,),
        "There are more message groups than Lex takes, which is 5. The import of the bot fails.",
        "Join messages, or let a Lambda function send them.",
    ),
    Code(
        RESPONSE_CARD,
        (Severity.ERROR, Severity.WARNING, Severity.NOTE),
        "A response card of Lex. V1: LivePerson ignores it. V2: botbridge shows it as structured content; LivePerson's own "
        "connector is not documented to.",
        "Write a custom payload with structuredContent.",
    ),
    Code(
        RESPONSE_TYPES,
        (Severity.WARNING,),
        "A dialog node of Watson has more than 5 response types.",
        "Spread them over two nodes.",
    ),
    Code(
        HAND_OVER,
        (Severity.ERROR, Severity.WARNING),
        "connect_to_agent: LivePerson ignores it. botbridge hands over to the skill of the bot's escalation, where it has one.",
        "Use an action TRANSFER with the skill.",
    ),
    Code(
        OLD_URL,
        (Severity.WARNING,),
        "An address under watsonplatform.net, which IBM switched off in 2021.",
        "Write the address under cloud.ibm.com.",
    ),
)
CODES: Final[Mapping[str, Code]] = MappingProxyType(
    {code: Code(code, how_bad, CATALOGUE[code].meaning, CATALOGUE[code].remedy) for code, how_bad in _TESTER.items()}
    | {entry.code: entry for entry in _OWN}
)
"""Code -> what it means and what to do; the Tester's first."""
