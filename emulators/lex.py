"""Play the runtime of Amazon Lex V2: RecognizeText.

https://docs.aws.amazon.com/lexv2/latest/APIReference/API_runtime_RecognizeText.html
"""

from __future__ import annotations

import asyncio
import re
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from botocore.session import Session
from botocore.validate import ParamValidator

from emulators.call import Call, VendorError
from emulators.emulator import Emulator
from emulators.faults import Heard
from emulators.sigv4 import Identity, Signed, check_signature

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from aiohttp import web

ACCESS_KEY_ID = "AKIDEMULATOR"
SECRET_ACCESS_KEY = "lex-emulator"  # noqa: S105 - opens nothing
MAX_TEXT = 1024
_SESSION_ID = re.compile(r"[0-9a-zA-Z._:-]{2,100}")
_PATH = "/bots/{bot}/botAliases/{alias}/botLocales/{locale}/sessions/{session}/text"


class LexEmulator(Emulator):
    """Amazon Lex V2 over HTTP: checks the signature, keeps session attributes, plays a dialogue."""

    name = "lex"
    default_dialogue = "lex-v2.yaml"
    errors: ClassVar[Mapping[str, int]] = {
        "ValidationException": 400,
        "AccessDeniedException": 403,
        "ResourceNotFoundException": 404,
        "ConflictException": 409,
        "DependencyFailedException": 424,
        "ThrottlingException": 429,
        "InternalServerException": 500,
        "BadGatewayException": 502,
        "ServiceUnavailableException": 503,
        "InvalidSignatureException": 403,
        "MissingAuthenticationTokenException": 403,
        "IncompleteSignatureException": 403,
        "UnrecognizedClientException": 403,
        "ExpiredTokenException": 403,
    }

    def __init__(
        self,
        *args: Any,
        access_key_id: str = ACCESS_KEY_ID,
        secret_access_key: str = SECRET_ACCESS_KEY,
        session_token: str | None = None,
        region: str | None = None,
        bots: Collection[str] | None = None,
        **options: Any,
    ) -> None:
        """Know one caller. `region` and `bots` are all that exist; None means any."""
        super().__init__(*args, **options)
        self._identity = Identity(access_key_id, secret_access_key, session_token, region)
        self._bots = bots
        self.session_attributes: dict[tuple[str, ...], dict[str, str]] = {}
        """What each session holds, by (bot, alias, locale, session)."""

    async def start(self) -> str:
        """Read botocore's description of the service in a thread, then start."""
        await asyncio.to_thread(_shapes)
        return await super().start()

    def add_routes(self, app: web.Application) -> None:
        """Add RecognizeText, and Lex's answer to any other path."""
        app.router.add_post(_PATH, self.staged("message", self._recognize_text))
        app.router.add_route("*", "/{path:.*}", self.staged("message", self._unknown))

    def hear(self, body: Any) -> Heard:
        """Return `text`; Lex has no events."""
        text = body.get("text") if isinstance(body, dict) else None
        return Heard(text=text if isinstance(text, str) else None)

    @staticmethod
    def check_answer(answer: Any) -> None:
        """Compare with RecognizeTextResponse in botocore's description of the service."""
        _check(answer, _shapes()["answer"], "answer")

    def error_body(self, status: int, name: str, message: str) -> Any:  # noqa: ARG002 - named in a header instead
        """Return the error shape of AWS's rest-json protocol."""
        return {"message": message}

    def error_headers(self, name: str) -> Mapping[str, str]:
        """Name the error as AWS does, with a URL that clients have to cut off.

        https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization
        """
        return {"x-amzn-ErrorType": f"{name}:http://internal.amazon.com/coral/com.amazonaws.lex.runtime.v2/"}

    def headers(self) -> Mapping[str, str]:
        """Give every answer a request id."""
        return {"x-amzn-RequestId": str(uuid.uuid4())}

    async def _unknown(self, call: Call) -> web.Response:
        raise VendorError(404, "UnknownOperationException", f"no operation {call.request.method} {call.request.path}")

    async def _recognize_text(self, call: Call) -> web.Response:
        request = call.request
        url = f"http://{request.headers.get('Host', '')}{request.raw_path}"
        check_signature(Signed(request.method, url, request.headers, call.raw), self._identity, self.clock())
        body = self._check_request(call)
        key = tuple(call.params[part] for part in ("bot", "alias", "locale", "session"))
        sent = body.get("sessionState", {}).get("sessionAttributes")
        # Attributes of a request take the place of the stored ones; they are not merged.
        stored = dict(self.session_attributes.get(key, {}) if sent is None else sent)
        memory = self.remember(*key, name=call.params["session"])
        memory.variables = stored
        turn = self.find_turn(call, call.params["bot"], memory)
        stored.update(turn.attributes)
        self.session_attributes[key] = stored
        if turn.raw or not isinstance(turn.answer, dict):
            return self.reply(turn.answer)
        state = turn.answer.get("sessionState", {})
        attributes = {**stored, **state.get("sessionAttributes", {})}
        self.session_attributes[key] = attributes
        return self.reply(
            {
                "sessionId": call.params["session"],
                "requestAttributes": body.get("requestAttributes", {}),
                **turn.answer,
                "sessionState": {**state, "sessionAttributes": attributes},
            }
        )

    def _check_request(self, call: Call) -> dict[str, Any]:
        bot = call.params["bot"]
        if self._bots is not None and bot not in self._bots:
            raise VendorError(404, "ResourceNotFoundException", f"Bot with ID {bot} does not exist.")
        if not _SESSION_ID.fullmatch(call.params["session"]):
            raise VendorError(400, "ValidationException", "sessionId must be 2 to 100 characters of [0-9a-zA-Z._:-]")
        body = call.object()
        text = body.get("text")
        if not isinstance(text, str) or not 1 <= len(text) <= MAX_TEXT:
            raise VendorError(400, "ValidationException", f"text must be a string of 1 to {MAX_TEXT} characters")
        try:
            for member, given in body.items():
                _check(given, _shapes().get(member), member)
        except ValueError as error:
            raise VendorError(400, "ValidationException", str(error)) from error
        return body


@cache
def _shapes() -> Mapping[str, Any]:
    """Return the shapes of the answer and of the members of a request's body, from botocore's service description."""
    operation = Session().get_service_model("lexv2-runtime").operation_model("RecognizeText")
    members = operation.input_shape.members
    return {"answer": operation.output_shape} | {
        name: shape for name, shape in members.items() if shape.serialization.get("location") is None
    }


def _check(value: Any, shape: Any, place: str) -> None:
    if shape is None:
        raise ValueError(f"unknown member {place}")
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        raise ValueError(f"{place}: {report.generate_report()}")
    _check_enums(value, shape, place)


def _check_enums(value: Any, shape: Any, place: str) -> None:
    """Check closed sets of words, which botocore's validator leaves to the service."""
    match shape.type_name:
        case "structure":
            for name, member in value.items():
                _check_enums(member, shape.members[name], f"{place}.{name}")
        case "list":
            for index, member in enumerate(value):
                _check_enums(member, shape.member, f"{place}[{index}]")
        case "map":
            for name, member in value.items():
                _check_enums(member, shape.value, f"{place}.{name}")
        case "string" if shape.enum and value not in shape.enum:
            raise ValueError(f"{place}: {value!r} is none of {', '.join(shape.enum)}")
