"""What `botbridge demo` plays over HTTP: a conversation per vendor, and one through the other door.

The first as a LivePerson Function sends events, the last as LivePerson's Custom Endpoint connector does.
"""

import asyncio
import signal
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Any, Final
from uuid import uuid4

import aiohttp
from yarl import URL

from config.loader import load_accounts
from emulators.endpoint_connector import EndpointConnector, EndpointFailed, play
from emulators.lex import LexEmulator
from emulators.liveperson import LivePersonEmulator
from emulators.server import Running, emulators
from emulators.watson import WatsonEmulator
from gateway.app import Server, ServeSettings
from gateway.cli.transcript import Transcript
from gateway.console.settings import ConsoleSettings, PagesMissing, check_pages
from gateway.contract.types import Json
from gateway.contract.wire import dumps, loads

ACCOUNT: Final = "demo"
ACCOUNTS: Final = Path(__file__).with_name("demo_accounts")
VENDORS: Final = {
    "lex": "Amazon Lex V2",
    "dialogflow": "Google Dialogflow ES",
    "dialogflow-cx": "Google Dialogflow CX",
    "watson": "IBM Watson Assistant V2",
    "watson-v1": "IBM Watson Assistant V1",
    "function": "a function",
}
SCRIPT: Final[tuple[tuple[str, Json], ...]] = (
    ("(the conversation starts)", {"message": "", "event": {"name": "WELCOME"}}),
    ("hello", {"message": "hello"}),
    ("where is my parcel", {"message": "where is my parcel"}),
    ("note", {"message": "note"}),
    ("agent", {"message": "agent"}),
    ("break", {"message": "break"}),
)
"""What the consumer does; `break` makes every emulator fail."""
OTHER_DOOR_BOT: Final = "lex"
OTHER_DOOR_TEXTS: Final = ("hello", "agent")


async def demonstrate(*, port: int, once: bool) -> bool:
    """Play all conversations and say whether each went as it should; without `once` serve until told to end."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    transcript = Transcript()
    credentials = {
        "DEMO_LEX_KEY": token_hex(10).upper(),
        "DEMO_LEX_SECRET": token_hex(20),
        "DEMO_WATSON_APIKEY": token_hex(20),
    }
    lex = LexEmulator(access_key_id=credentials["DEMO_LEX_KEY"], secret_access_key=credentials["DEMO_LEX_SECRET"])
    watson = WatsonEmulator(apikey=credentials["DEMO_WATSON_APIKEY"])
    async with emulators(lex=lex, watson=watson) as running, LivePersonEmulator() as liveperson:
        environ = {**credentials, **_addresses(running), "DEMO_JWKS_URL": liveperson.jwks_url}
        accounts = await asyncio.to_thread(load_accounts, ACCOUNTS, environ)
        token = token_urlsafe(24)
        console = None if once else await asyncio.to_thread(_make_console, token, transcript)
        settings = ServeSettings(config=ACCOUNTS, port=0 if once else port, console=console)
        async with Server(accounts, settings) as server, aiohttp.ClientSession() as client:
            transcript.note(f"listening on {server.url}; the vendors are emulators on this machine")
            well = True
            for bot, vendor in VENDORS.items():
                transcript.heading(f"{vendor} (bot {bot})")
                well &= await _converse(client, f"{server.url}/v1/accounts/{ACCOUNT}/bots/{bot}/events", transcript)
            transcript.heading(f"{VENDORS[OTHER_DOOR_BOT]} (bot {OTHER_DOOR_BOT}), through the Custom Endpoint")
            connector = EndpointConnector(client, server.url, liveperson.token_url(ACCOUNT), bot=OTHER_DOOR_BOT)
            well &= await _play_other_door(connector, transcript)
            if not once and well:
                _invite(transcript, server.url, token if console else None)
                await stop.wait()
                await server.drain()
    return well


async def _converse(client: aiohttp.ClientSession, url: str, transcript: Transcript) -> bool:
    """Play the script with one bot; False as soon as an answer is not what LivePerson could use."""
    conversation_id = str(uuid4())
    for sequence, (shown, said) in enumerate(SCRIPT, start=1):
        event = {
            "convId": conversation_id,
            **said,
            "context": {"lpEvent": {"type": "ContentEvent", "sequence": sequence}, "lpSdes": {}},
        }
        transcript.consumer(shown)
        async with client.post(url, data=dumps(event), headers={"Content-Type": "application/json"}) as response:
            answer: Any = loads(await response.read())
            if response.status != 200:
                transcript.failure(answer["error"]["name"], answer["error"]["errorId"])
                transcript.note(answer["error"]["message"])
                return False
            if (name := response.headers.get("X-Error-Name")) is not None:
                transcript.failure(name, response.headers.get("X-Error-Id"))
            transcript.answer(answer)
    return True


async def _play_other_door(connector: EndpointConnector, transcript: Transcript) -> bool:
    """Play a conversation as LivePerson's connector does: a token, the state, PUT, events."""
    try:
        transcript.note(f"  state: {await connector.state()}")
        async for said, items in play(connector.conversation(), OTHER_DOOR_TEXTS):
            transcript.consumer(said)
            transcript.items(items)
    except EndpointFailed as failure:
        transcript.note(f"  {failure}")
        return False
    return True


def _addresses(running: Running) -> dict[str, str]:
    """Say where the emulators are, for the places that the demo's account file leaves open."""
    return {
        "DEMO_LEX_URL": running["lex"],
        "DEMO_DIALOGFLOW_ENDPOINT": URL(running["dialogflow"]).authority,
        "DEMO_DIALOGFLOW_GRPC_ENDPOINT": running.dialogflow.grpc_address,
        "DEMO_WATSON_URL": running["watson"],
        "DEMO_FUNCTION_URL": running["function"],
    }


def _make_console(token: str, transcript: Transcript) -> ConsoleSettings | None:
    """Have the console where its pages have been built, else say how to get them. Looks at the disk."""
    try:
        check_pages()
    except PagesMissing as missing:
        transcript.note(f"without the console: {missing}")
        return None
    return ConsoleSettings(tokens=(token,))


def _invite(transcript: Transcript, url: str, token: str | None) -> None:
    transcript.heading("Your turn")
    if token is not None:
        transcript.console.print(f"  the console: {url}/console/#token={token}", markup=False)
    transcript.console.print(
        f"  curl -s {url}/v1/accounts/{ACCOUNT}/bots/lex/events -H 'Content-Type: application/json' \\\n"
        """       -d '{"convId": "my-conversation", "message": "hello"}'""",
        markup=False,
    )
    transcript.note(f"  {url}/metrics has the figures; Ctrl-C ends.")
