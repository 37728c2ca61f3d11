"""`aivendor.…`: what goes wrong at the AI vendors, and what in their answers cannot be used.

The status is 502; a turn that ran out of time (504) or met an open circuit (503) carries the same code, and its failure's
kind decides (`gateway.contract.errors.FailureKind.status`).
"""

from typing import Final

from gateway.contract.codes.entry import PREFIX, Entry, RaisedBy


def _entry(section: str, code: str, meaning: str, remedy: str) -> Entry:
    return Entry(f"{PREFIX}aivendor.{code}", meaning, remedy, RaisedBy.GATEWAY, section, 502)


def _microsoft(code: str, meaning: str, remedy: str) -> Entry:
    return Entry(f"{PREFIX}aivendor.microsoft.{code}", meaning, remedy, RaisedBy.LIVEPERSON, "5")


DIALOGFLOW: Final = (
    _entry(
        "1",
        "dialogflowv2.send-query",
        "Dialogflow ES did not answer detectIntent: no connection, no valid credentials, quota used up, an outage, or no "
        "answer in time.",
        "Read the status in the message. 401 or 403: the service account must have roles/dialogflow.client (Dialogflow "
        "API Client) on this very project, and the Dialogflow API must be enabled there. 404: check project_id, "
        "environment and location. 429: look at the project's Dialogflow quotas in the Google Cloud console and ask for "
        "more. No connection: check egress to dialogflow.googleapis.com:443, or to the regional endpoint of the location. "
        "No answer in time: look for a slow fulfilment webhook, and at the bot's timeouts.",
    ),
    _entry(
        "1",
        "dialogflowcx.send-request",
        "Dialogflow CX did not answer detectIntent: no connection, no valid credentials, quota used up, an outage, or no "
        "answer in time.",
        "Read the status in the message. 401 or 403: the service account needs roles/dialogflow.client on the agent's "
        "project. 404: agent_id must lie in this location, and environment_id must be one of the agent's. 429: look at "
        "the quotas of the Dialogflow API in that region. No connection: check egress to the location's own endpoint "
        "(LOCATION-dialogflow.googleapis.com). No answer in time: look for a slow webhook in the flow.",
    ),
    Entry(
        f"{PREFIX}aivendor.dialogflowcx.test-connection",
        "The connection test of a Dialogflow CX bot failed; wrong credentials in most cases.",
        "Check the service account's key, project_id, location and agent_id, then run botbridge test-connection again; "
        "its message has the status that Google answered.",
        RaisedBy.GATEWAY,
        "1",
    ),
    _entry(
        "1",
        "dialogflowcx.parse-message.parser-error",
        "The answer of Dialogflow CX is not what detectIntent answers with, and cannot be parsed.",
        "See whether a proxy or a wrong api_endpoint answers in Google's place, and whether a post hook returns a changed "
        "answer. botbridge chat with /raw shows the answer as it came.",
    ),
    _entry(
        "1",
        "dialogflowcx.parse-message.multiple-actions",
        "One answer of Dialogflow CX asks for several actions; LivePerson carries out one per turn.",
        "Find the pages and routes that the turn went through: their fulfilments together set more than one action payload "
        "(a live agent handoff counts as one). Keep a single one on that path.",
    ),
)

LEX: Final = (
    _entry(
        "2",
        "lex.send-query",
        "Amazon Lex did not answer: no connection, no valid credentials, throttling, a conflict with another turn of the "
        "session, an outage, or no answer in time.",
        "Read the exception in the message. AccessDenied or 403: the IAM policy must allow lex:RecognizeText on the bot "
        "alias's ARN, and with role_arn the key must be allowed sts:AssumeRole. ResourceNotFound: check region, bot_id, "
        "bot_alias_id, and that the alias has locale_id built. Throttling or 429: look at the account's Lex quotas in that "
        "region. DependencyFailed: the bot's Lambda failed, see its CloudWatch log. Conflict: something else than "
        "botbridge uses the same session. No connection: check egress to runtime-v2-lex.REGION.amazonaws.com:443.",
    ),
    _entry(
        "2",
        "lex.composite-format-not-supported",
        "A Composite answer of Lex holds groups of messages that are not valid JSON.",
        "Look at the Lambda that builds the answer, or at the post hook that changes it: `message` must be the JSON of "
        '{"messages": [{"type", "group", "value"}]}, with the inner quotes escaped.',
    ),
    _entry(
        "2",
        "lex.custom-payload-malformed",
        "A custom payload of the bot is not valid JSON, or not an object of LivePerson's that can be used.",
        "Open the intent that matched and check its custom payload with a JSON parser: missing quotes, trailing "
        "commas and typographic quotes are the usual faults. Then check its members against "
        "docs/contract/vendors/lex.md.",
    ),
    _entry(
        "2",
        "lex.custom-payload-no-params",
        "A custom payload of type ACTION has no params.",
        'Write the payload as {"type": "ACTION", "params": {"action": "TRANSFER", "data": {"skill": "…"}}}.',
    ),
    _entry(
        "2",
        "lex.custom-payload-type-not-supported",
        "A custom payload has a type that LivePerson does not know.",
        'ACTION is the only type. Structured content, quick replies, delays and private texts carry no "type" at the top: '
        "they are told apart by structuredContent, delay, textResponse or messageAudience.",
    ),
    _entry(
        "2",
        "lex.message-format-not-supported",
        "The bot answered in a format that cannot be shown to a consumer, SSML for instance.",
        "Change the message group of the intent to plain text or to a custom payload, or let a post hook turn it into one.",
    ),
    _entry(
        "2",
        "lex.parser-crashed",
        "The answer of Lex has a form that botbridge cannot read.",
        "See whether a post hook or an endpoint_url in between changes the answer. botbridge chat with /raw shows it as it "
        "came; compare it with docs/contract/vendors/lex.md.",
    ),
)

WATSON: Final = (
    _entry(
        "3",
        "watson.send-query",
        "Watson Assistant V1 did not answer: no connection, no valid credentials, quota used up, an outage, or no answer in "
        "time.",
        "Read the status in the message. 401 or 403: renew the API key, and see that the url is the one of the instance "
        "that the key belongs to. 404: check workspace_id (the skill's id, not the assistant's). 429: look at the plan's "
        "API calls per month and per minute in IBM Cloud. No connection: check egress to the url's host and to "
        "iam.cloud.ibm.com.",
    ),
    _entry(
        "3",
        "watson.watson-error",
        "Watson answered that it failed on this event.",
        "Look at the dialog node named in Watson's log: a broken SpEL expression, a failing webhook, or a skill that is "
        "still in training. Try the same text in IBM's own preview.",
    ),
    _entry(
        "3",
        "watson.parser.custom.undefined-structured-content",
        "A user_defined response of the bot has no structuredContent, or one that is no object.",
        "Write the JSON response of the node or step as "
        '{"structuredContent": {"type": "vertical", "elements": […]}, "metadata": […]}.',
    ),
    _entry(
        "3",
        "watson.parser.image.undefined-source",
        "An image response has no source.",
        "Give the image of the node or step a URL: https, and its host on the account's list of allowed image domains.",
    ),
    _entry(
        "3",
        "watson.parser.list.undefined-options",
        "An option response has no options.",
        "Give the list in the node or step at least one option, each with a label and an input text.",
    ),
    _entry(
        "3",
        "watson.parser.text-and-custom.undefined-text",
        "A text response has no text.",
        "Fill in the text of the node or step; a context variable in it may have been null when the node ran.",
    ),
    _entry(
        "3",
        "watson.parser.pause.undefined-time",
        "A pause has no time.",
        "Give the pause of the node or step its duration in milliseconds.",
    ),
    _entry(
        "3",
        "watson.message-format-not-supported",
        "The answer of Watson holds nothing but response types that LivePerson does not know.",
        "Find the response type in the log, and replace it in the node or step by text, image, options, pause or "
        "user_defined, or add one of these beside it.",
    ),
    _entry(
        "3",
        "watson.parse-message.get-parse-message-failed",
        "A JSON object of LivePerson's in the bot's answer has the wrong structure.",
        "Compare the JSON of the node or step with docs/contract/vendors/watson.md; the log names the path of the first "
        "member that is wrong.",
    ),
    _entry(
        "3",
        "watson.index.generic-parser-crashed",
        "The answer of Watson, or its output.generic, has a form that botbridge cannot read.",
        "See whether a post hook changes the answer, or a proxy answers in IBM's place. botbridge chat with /raw shows the "
        "answer as it came.",
    ),
    _entry(
        "3",
        "watsonv2.send-query",
        "Watson Assistant V2 did not answer: no connection, no valid credentials, quota used up, an outage, or no answer in "
        "time.",
        "Read the status in the message. 401 or 403: renew the API key, and see that the url is the one of the instance "
        "that the key belongs to. 400 or 404: check assistant_id, environment_id and the version date. 429: look at the "
        "plan's limits in IBM Cloud. No connection: check egress to the url's host and to the token_url's.",
    ),
    _entry(
        "3",
        "watsonv2.create-session",
        "No session could be made at Watson Assistant V2; mostly the network, else the assistant's id.",
        "Run botbridge test-connection. 404: assistant_id, or environment_id, does not exist at this url. 401 or 403: the "
        "API key. No connection: check egress to the url's host and to the token_url's.",
    ),
    _entry(
        "3",
        "watsonv2.invalid-session",
        "Watson refused the session, and the fresh one that took its place as well.",
        "One such failure is a race with an update of the assistant. When it stays: assistant_id and environment_id must "
        "belong together, and no pre hook may set a session id of its own.",
    ),
)

MICROSOFT: Final = (
    _microsoft(
        "send-query",
        "The endpoint of a Microsoft bot did not answer in time.",
        "Look at the Azure bot's health and its app service's response times. botbridge has no part in it.",
    ),
    _microsoft(
        "parser-crashed",
        "A payload of a Microsoft bot is malformed.",
        "Check the channelData that the bot sends against LivePerson's page on Microsoft bots.",
    ),
    _microsoft(
        "response-missing",
        "A Microsoft bot did not respond, on the newer page within 15 seconds.",
        "Make the bot answer every turn, with a fallback too, and below 15 seconds.",
    ),
    _microsoft(
        "activity.invalid-type",
        "A Microsoft bot sent an activity of a type that is not supported.",
        "Send activities of type message or event only.",
    ),
    _microsoft(
        "activity.invalid-name",
        "A Microsoft bot sent an activity with a name that is not supported.",
        "Check the spelling of the event's name against LivePerson's page on Microsoft bots.",
    ),
)
