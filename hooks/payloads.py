"""The shapes of what hooks are given, per vendor: types for annotations, and the reference of their fields.

    from hooks.payloads import LexV2Request

    def tag(payload: LexV2Request, ctx: HookContext) -> None:
        payload["text"] = payload["text"].strip()

All are plain dicts. The vendors' answers hold more members than are named here; whatever a hook does not know it leaves
alone. Sources: docs/contract/hooks.md, and docs/contract/vendors/*.md for what becomes of an answer.
"""

from typing import Any, TypedDict

from gateway.contract.types import Json


class LpContext(TypedDict, total=False):
    """What LivePerson tells of the event; every vendor's request carries it somewhere."""

    lpEvent: Json
    """LivePerson's raw event; messaging and chat differ (docs/contract/custom-integration.md section 1.3)."""
    lpSdes: Json
    """Engagement attributes: `authenticatedSdes`, `unauthenticatedSdes`; `{}` when their collection is off."""


# --- Custom integration (vendor `function`) ---------------------------------------------------------------------------


class FunctionRequest(TypedDict, total=False):
    """Pre hook, `function`: the custom integration's own event."""

    convId: str
    message: str
    """The consumer's text, or one of the identifiers of section 1.2; often missing on a welcome."""
    event: Json
    """`{"name": "WELCOME"}` on a welcome only."""
    context: LpContext


class FunctionAnswer(TypedDict, total=False):
    """Post hook, `function`: the custom integration's own answer."""

    messages: list[Any]
    """Strings and objects (docs/contract/custom-integration.md section 2.1)."""
    context: Json
    """`action`, `actionParameters`, `intentId`, `intentName`, `confidenceScore`, `alternativeIntents`, …"""


# --- Dialogflow ES ----------------------------------------------------------------------------------------------------


class DialogflowQueryParams(TypedDict, total=False):
    """Beside the query; `payload` is what a fulfilment webhook sees."""

    payload: LpContext
    """Plain JSON. LivePerson's Struct form (`fields`, `kind`, `structValue`), given back by a hook, is understood too."""


class DialogflowEsRequest(TypedDict, total=False):
    """Pre hook, `dialogflow-es`: the body of detectIntent, and the session."""

    session: str
    """`projects/P/agent/sessions/S`; botbridge keeps its own, whatever a hook makes of it."""
    queryInput: Json
    """`{"text": {"text", "languageCode"}}`, or `{"event": {"name", "languageCode"}}` for WELCOME and
    DIALOGFLOW_CHAR_LIMIT: look for `text` before using it."""
    queryParams: DialogflowQueryParams


class DialogflowEsResult(TypedDict, total=False):
    """What ES understood and answers."""

    queryText: str
    action: str
    """One of LivePerson's actions makes `parameters` its parameters."""
    parameters: Json
    allRequiredParamsPresent: bool
    fulfillmentText: str
    """Read only where there are no fulfillmentMessages."""
    fulfillmentMessages: list[Json]
    """`{"text": {"text": [str]}}` or `{"payload": {…}}`."""
    outputContexts: list[Json]
    intent: Json
    """`name`, `displayName`, `isFallback`."""
    intentDetectionConfidence: float
    languageCode: str


class DialogflowEsAnswer(TypedDict, total=False):
    """Post hook, `dialogflow-es`: the answer of detectIntent, in REST's JSON whatever the transport."""

    responseId: str
    queryResult: DialogflowEsResult
    webhookStatus: Json


# --- Dialogflow CX ----------------------------------------------------------------------------------------------------


class DialogflowCxRequest(TypedDict, total=False):
    """Pre hook, `dialogflow-cx`: the body of detectIntent, and the session."""

    session: str
    """`projects/P/locations/L/agents/A[/environments/E]/sessions/S`; botbridge keeps its own."""
    queryInput: Json
    """`{"text": {"text"}, "languageCode"}`, or `{"event": {"event"}, "languageCode"}`: unlike ES, the language stands
    beside the text and the event's name is `event`."""
    queryParams: DialogflowQueryParams


class DialogflowCxResult(TypedDict, total=False):
    """What CX understood and answers."""

    text: str
    languageCode: str
    responseMessages: list[Json]
    """`{"text": {"text": [str]}}`, `{"payload": {…}}`, `{"liveAgentHandoff": {…}}`, …; an action is the payload
    `{"action": {"name", "parameters"}}`, at most one."""
    parameters: Json
    match: Json
    """`intent` {name, displayName}, `matchType` (INTENT, NO_MATCH, EVENT, …), `confidence`, `resolvedInput`."""
    webhookStatuses: list[Json]
    webhookPayloads: list[Json]


class DialogflowCxAnswer(TypedDict, total=False):
    """Post hook, `dialogflow-cx`: the answer of detectIntent, in REST's JSON whatever the transport."""

    responseId: str
    queryResult: DialogflowCxResult


# --- Amazon Lex V2 ----------------------------------------------------------------------------------------------------

LexRequestAttributes = TypedDict("LexRequestAttributes", {"BC-LP-CONTEXT": str}, total=False)
"""`BC-LP-CONTEXT` is {lpEvent, lpSdes} as a JSON string: Lex' attributes are strings."""


class LexV2Request(TypedDict, total=False):
    """Pre hook, `lex-v2`: the body of RecognizeText, and the session."""

    sessionId: str
    """The conversation; botbridge keeps its own."""
    text: str
    """`WELCOME-INTENT` on a welcome; at most 1024 characters are sent."""
    requestAttributes: LexRequestAttributes
    sessionState: Json
    """`sessionAttributes`, strings: `convId`, and what the bot keeps there."""


class LexV2Answer(TypedDict, total=False):
    """Post hook, `lex-v2`: the answer of RecognizeText."""

    messages: list[Json]
    """`contentType` (PlainText, CustomPayload, ImageResponseCard, SSML) and `content`; an action is the CustomPayload
    `{"type": "ACTION", "params": {"action", "data"}}`, as a JSON string."""
    sessionId: str
    sessionState: Json
    """`intent` {name, state, slots}, `dialogAction`, `sessionAttributes`, `activeContexts`."""
    interpretations: list[Json]
    """`intent`, `nluConfidence` {score}; the first is the one taken."""
    requestAttributes: LexRequestAttributes


# --- IBM Watson Assistant ---------------------------------------------------------------------------------------------


class WatsonV1Request(TypedDict, total=False):
    """Pre hook, `watson-v1`: LivePerson's shape, not IBM's; `message` becomes `input.text` afterwards."""

    message: str
    """Empty on a welcome."""
    context: Json
    """`convId`, `lpEvent`, `lpSdes`, and Watson's own state (`conversation_id`, `system`, …) to go back as it came."""


class WatsonV1Answer(TypedDict, total=False):
    """Post hook, `watson-v1`: the answer of /message."""

    intents: list[Json]
    """`intent`, `confidence`; empty when nothing was recognised."""
    entities: list[Json]
    input: Json
    output: Json
    """`generic` [{response_type, …}], `text`, `nodes_visited`, `log_messages`."""
    context: Json
    actions: list[Json]
    """`name`, `type` (client), `parameters`, `result_variable`."""


class WatsonV2Request(TypedDict, total=False):
    """Pre hook, `watson-v2`: the body of /message, and the session."""

    session_id: str
    """Missing before the conversation's first message; botbridge keeps its own."""
    input: Json
    """`message_type`, `text`, `options`."""
    context: Json
    """`skills["main skill"].user_defined` and `skills["actions skill"].skill_variables`: `convId`, `lpEvent`, `lpSdes`."""


class WatsonV2Answer(TypedDict, total=False):
    """Post hook, `watson-v2`: the answer of /message."""

    output: Json
    """`generic`, `intents`, `entities`, `actions`."""
    context: Json
    user_id: str


# --- The error report -------------------------------------------------------------------------------------------------


class ErrorFacts(TypedDict):
    """What went wrong."""

    errorId: str
    """A UUID, the same as in the answer and the log."""
    name: str
    """The full code, `com.liveperson.bot-connectors-worker.error.…` or `botbridge.error.…`."""


class ErrorReport(TypedDict, total=False):
    """Error hook, every vendor. A request or an answer stands there when it had come to that, under the vendor's keys.

    | vendor | label | request | answer |
    |---|---|---|---|
    | `dialogflow-es` | DialogflowV2 | `dfV2request` | `dialogflowv2` |
    | `dialogflow-cx` | DialogflowCX | `dfCxrequest` | `dialogflowcx` |
    | `function` | Custom Integration | `faasPayload` | `faas` |
    | `lex-v2` | Lex | `lexQuery` | `lex` |
    | `watson-v1` | WatsonAssistant | `watsonV1Payload` | `watson` |
    | `watson-v2` | WatsonAssistantV2 | `watsonV2Payload` | `watsonv2` |
    """

    error: ErrorFacts
    vendor: str
    """The label."""
    convId: str
    dfV2request: DialogflowEsRequest
    dialogflowv2: DialogflowEsAnswer
    dfCxrequest: DialogflowCxRequest
    dialogflowcx: DialogflowCxAnswer
    faasPayload: FunctionRequest
    faas: FunctionAnswer
    lexQuery: LexV2Request
    lex: LexV2Answer
    watsonV1Payload: WatsonV1Request
    watson: WatsonV1Answer
    watsonV2Payload: WatsonV2Request
    watsonv2: WatsonV2Answer
