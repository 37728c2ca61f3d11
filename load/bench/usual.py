"""The usual way: a bare aiohttp server that calls the vendor's SDK, synchronous ones in threads, and translates the answer.

Run as a process: `python -m load.bench.usual VENDOR URL GRPC`. It has neither sign-in, hooks, retries, logs nor metrics, so that
what it costs beyond the floor is the SDK, its thread and the translation. There is a thread and a connection for each event under
way, since with fewer they would stand in line at a vendor that takes its time.
"""
# ruff: noqa: PLC0415 - a process imports its own vendor's SDK alone

import asyncio
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeAlias

import orjson
import uvloop
from aiohttp import web

from load.bench.server import serve_events

THREADS: Final = 64
Json: TypeAlias = dict[str, Any]
Ask: TypeAlias = Callable[[Json], Awaitable[list[Any]]]
"""An event in, the bot's messages out."""


def read_text(text: str) -> Any:
    """Read a bot's text: LivePerson's object where it is one, as bot authors write them into their bots."""
    if text.startswith("{"):
        return orjson.loads(text)
    return text


def make_lex(url: str, _grpc: str) -> Ask:
    """Ask Lex through boto3, in threads."""
    import boto3
    from botocore.config import Config

    client: Any = boto3.client(
        "lexv2-runtime",
        config=Config(max_pool_connections=THREADS),
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="AKIDEMULATOR",
        aws_secret_access_key="lex-emulator",  # noqa: S106 - opens nothing
    )

    def call(event: Json) -> list[Any]:
        answer = client.recognize_text(
            botId="BOTBRIDGE1",
            botAliasId="TSTALIASID",
            localeId="en_US",
            sessionId=event["convId"],
            text=event["message"],
            requestAttributes={"BC-LP-CONTEXT": orjson.dumps(event["context"]).decode()},
        )
        return [read_text(message["content"]) for message in answer["messages"]]

    return lambda event: asyncio.to_thread(call, event)


def make_watson(url: str, _grpc: str) -> Ask:
    """Ask Watson through its SDK, in threads."""
    from ibm_cloud_sdk_core.authenticators import IAMAuthenticator
    from ibm_watson import AssistantV2
    from requests.adapters import HTTPAdapter

    assistant: Any = AssistantV2(version="2021-11-27", authenticator=IAMAuthenticator("watson-emulator", url=url))
    assistant.set_service_url(url)
    assistant.get_http_client().mount("http://", HTTPAdapter(pool_maxsize=THREADS))
    sessions: dict[str, str] = {}

    def call(event: Json) -> list[Any]:
        conversation = event["convId"]
        if conversation not in sessions:
            sessions[conversation] = assistant.create_session("a-1", "live").get_result()["session_id"]
        answer = assistant.message(
            "a-1",
            "live",
            sessions[conversation],
            input={"message_type": "text", "text": event["message"]},
            context={"skills": {"main skill": {"user_defined": event["context"]}}},
        ).get_result()
        return [read_text(part["text"]) for part in answer["output"]["generic"]]

    return lambda event: asyncio.to_thread(call, event)


def make_dialogflow_es(_url: str, grpc_address: str) -> Ask:
    """Ask Dialogflow ES through its asynchronous client, over gRPC."""
    from google.cloud import dialogflow_v2 as sdk
    from google.protobuf import json_format

    client = _connect(sdk, grpc_address)

    async def call(event: Json) -> list[Any]:
        request = sdk.DetectIntentRequest(
            session=f"projects/shop-1/agent/sessions/{event['convId']}",
            query_input=sdk.QueryInput(text=sdk.TextInput(text=event["message"], language_code="en")),
            query_params=sdk.QueryParameters(payload=event["context"]),
        )
        answer = await client.detect_intent(request, retry=None, timeout=10)
        plain = json_format.MessageToDict(type(answer).pb(answer))
        return _read_messages(plain["queryResult"]["fulfillmentMessages"])

    return call


def make_dialogflow_cx(_url: str, grpc_address: str) -> Ask:
    """Ask Dialogflow CX through its asynchronous client, over gRPC."""
    from google.cloud import dialogflowcx_v3 as sdk
    from google.protobuf import json_format

    client = _connect(sdk, grpc_address)

    async def call(event: Json) -> list[Any]:
        request = sdk.DetectIntentRequest(
            session=f"projects/shop-1/locations/global/agents/a-1/sessions/{event['convId']}",
            query_input=sdk.QueryInput(text=sdk.TextInput(text=event["message"]), language_code="en"),
            query_params=sdk.QueryParameters(payload=event["context"]),
        )
        answer = await client.detect_intent(request, retry=None, timeout=10)
        plain = json_format.MessageToDict(type(answer).pb(answer))
        return _read_messages(plain["queryResult"]["responseMessages"])

    return call


def _connect(sdk: Any, address: str) -> Any:
    from grpc import aio

    transport = sdk.SessionsAsyncClient.get_transport_class("grpc_asyncio")(channel=aio.insecure_channel(address))
    return sdk.SessionsAsyncClient(transport=transport)


def _read_messages(messages: list[Json]) -> list[Any]:
    """Read Dialogflow's messages: texts and payloads."""
    read: list[Any] = []
    for message in messages:
        read += message["text"]["text"] if "text" in message else [message["payload"]]
    return read


MAKERS: Final = {
    "lex-v2": make_lex,
    "watson-v2": make_watson,
    "dialogflow-es": make_dialogflow_es,
    "dialogflow-cx": make_dialogflow_cx,
}
"""By vendor; a function behind a URL has no SDK, so its usual way is the floor."""


async def serve(vendor: str, url: str, grpc_address: str) -> None:
    """Serve until ended."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    ask = MAKERS[vendor](url, grpc_address)

    async def answer(request: web.Request) -> web.Response:
        messages = await ask(orjson.loads(await request.read()))
        return web.Response(body=orjson.dumps({"messages": messages, "context": {}}), content_type="application/json")

    await serve_events(answer)


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:4]))
