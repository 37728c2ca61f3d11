"""`botbridge.error.…`: requests that never became a turn."""

from typing import Final

from gateway.contract.codes.entry import OWN_PREFIX, Entry, RaisedBy


def _own(status: int, code: str, meaning: str, remedy: str) -> Entry:
    return Entry(OWN_PREFIX + code, meaning, remedy, RaisedBy.GATEWAY, "11", status)


OWN: Final = (
    _own(
        400,
        "invalid-event",
        "The body is not JSON, or not an event of LivePerson's.",
        "The message names the field. Send the function's input.payload as it is: it needs a convId, and a text, a welcome "
        "sign, rich content or a file.",
    ),
    _own(
        401,
        "unauthorized",
        "No key came with the request, or one that no account has; or its signature does not count.",
        "Send Authorization: Bearer KEY, with KEY one of auth.api_keys in the account file; look for a stray newline in the "
        "secret. With auth.signing_secrets: sign each request anew, over the very bytes that are sent, and compare the clocks. "
        "After a change of keys, reload botbridge (SIGHUP). The Custom Endpoint's tokens: the message names the check that "
        "failed; docs/custom-endpoint.md has them all. An account without auth serves loopback callers only.",
    ),
    _own(
        403,
        "forbidden",
        "The key is valid and belongs to another account.",
        "Compare the account in the URL with the account file that has this key.",
    ),
    _own(
        404,
        "unknown-bot",
        "There is no such account, or no such bot in it.",
        "Compare the names in the URL with account and bots in the account files; case counts. After a change, reload "
        "botbridge (SIGHUP) and see in its log that the file was accepted.",
    ),
    _own(
        404,
        "unknown-conversation",
        "The Custom Endpoint's event is of a conversation that is not open: never opened, closed, or kept no longer.",
        "LivePerson's connector opens it again by itself and sends the event once more. When that happens often, look at "
        "where conversations are kept and for how long (--store, --session-ttl), and that all gateways share one store.",
    ),
    _own(
        413,
        "payload-too-large",
        "The body is larger than 1 MiB.",
        "No event of LivePerson's is that large: look at what the function adds to the payload.",
    ),
    _own(
        415,
        "unsupported-media-type",
        "By its content type the body is not JSON.",
        "Send Content-Type: application/json.",
    ),
    _own(
        429,
        "rate-limited",
        "More requests came than the account or the bot may have, per second or at the same time.",
        "Wait as long as Retry-After says. When the traffic is real, raise the bot's limits (per_second, in_flight), and "
        "see that the vendor's quota allows for it.",
    ),
    _own(
        503,
        "overloaded",
        "botbridge is full, or shutting down and taking nothing new.",
        "Wait as long as Retry-After says. /readyz tells a draining process from a full one; when it is full, look at "
        "/metrics for a slow vendor, and add workers or machines.",
    ),
)
