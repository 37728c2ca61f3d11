"""`aivendor.faas.…` for function bots and hooks, and the codes of the LivePerson Functions platform itself."""

from typing import Final

from gateway.contract.codes.entry import PREFIX, Entry, RaisedBy


def _faas(code: str, meaning: str, remedy: str, raised_by: RaisedBy = RaisedBy.BOTH, status: int | None = 502) -> Entry:
    return Entry(f"{PREFIX}aivendor.faas.{code}", meaning, remedy, raised_by, "4", status)


def _platform(code: str, meaning: str, remedy: str) -> Entry:
    return Entry(f"com.liveperson.faas.{code}", meaning, remedy, RaisedBy.FUNCTIONS, "10")


FAAS: Final = (
    _faas(
        "invoke-lambda",
        "The function or service that plays the bot failed, was throttled, or did not answer in time.",
        "Look at the function's own log at the time of the error id: an exception, a callback with an error, or an outside "
        "call that is slow. LivePerson gives a function 30 seconds, botbridge the bot's timeouts. 429: spread the load or "
        "ask for a higher quota. A callable: the log has the traceback.",
    ),
    _faas(
        "failed-faas-request",
        "The request did not get through to the function or service that plays the bot: unreachable, refused, not found, or "
        "not authorised.",
        "No connection: check the url's host, its certificate, and egress from this machine. 401 or 403: the key in "
        "headers, or client_id and client_secret. 404: the path of the url, or whether lambda_uuid is deployed.",
    ),
    _faas(
        "missing-response-body",
        "The function called back, or the service answered, with nothing.",
        "Let every path of the function return {messages, context}; a forgotten return, a null and an empty 200 all "
        "end here.",
    ),
    _faas(
        "failed-hook",
        "A pre or post hook raised, ran past its timeout, or returned something that is not a payload.",
        "The log names the hook and has its traceback under the error id. For a timeout, make the hook faster or raise "
        "hooks.timeout; for a wrong result, return the payload, a changed one, or None.",
        status=500,
    ),
    _faas(
        "failed-bot-action",
        "The function that an INVOCATION action names failed.",
        "Look at that function's log in LivePerson Functions, and at whether the lambdaUuid is deployed in this account.",
        RaisedBy.LIVEPERSON,
        None,
    ),
    # Reported by a connection test, which is no request that a status could end.
    _faas(
        "testConnection",
        "The connection test of a function bot failed.",
        "Invoke the function by hand with a text it does not know: it must answer with a fallback text. Then check that it "
        "is deployed, and the url or lambda_uuid with their credentials.",
        status=None,
    ),
    _faas(
        "parse-message.malformed-alternative-intents",
        "A function bot sent alternativeIntents that LivePerson would refuse.",
        "Send a list of objects {intentId, intentName, confidenceScore}: ids and names of at most 256 characters, scores "
        "from 0 to 1, only intentName may be left out. With nothing to say, leave the whole list out.",
    ),
)

PLATFORM: Final = (
    _platform(
        "es.general",
        "The platform's layer of event sources failed.",
        "Try again a little later; when it stays, see LivePerson's status page and open a ticket with the time and the "
        "function's id.",
    ),
    _platform(
        "es.unavailable",
        "The platform's layer of event sources is not available.",
        "Try again a little later, and watch LivePerson's status page.",
    ),
    _platform(
        "es.badinput",
        "The body of the invocation is not what the platform takes.",
        "Send {headers, payload, timestamp}, with headers an array, payload an object, and timestamp in milliseconds.",
    ),
    _platform("es.notdeployed", "The function exists and is not deployed.", "Deploy it in LivePerson Functions."),
    _platform(
        "es.missinglambda",
        "There is no such function in the account.",
        "Check lambda_uuid and account_id: ids differ between accounts, and change when a function is made anew.",
    ),
    _platform(
        "handler.custom-failure",
        "The function called back with an error.",
        "Look for callback(error, null) in the function, and at its log for what led there.",
    ),
    _platform(
        "handler.runtime-exception",
        "The function threw.",
        "Read the exception in the function's log. Wrap outside calls in try and catch, and answer with a fallback.",
    ),
    _platform(
        "handler.executiontime-exceeded",
        "The function ran past its time limit.",
        "Give every outside call in the function a timeout well below the 30 seconds, and see which one is slow.",
    ),
    _platform(
        "handler.log-limit-reached",
        "The function wrote more log lines than one invocation may.",
        "Log less: no whole payloads, nothing inside loops.",
    ),
    _platform(
        "fm.general",
        "The platform's management of functions failed.",
        "Try again a little later; when it stays, open a ticket with LivePerson.",
    ),
    _platform(
        "fm.unavailable",
        "The platform's management of functions is not available.",
        "Try again a little later, and watch LivePerson's status page.",
    ),
)
