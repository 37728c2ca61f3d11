"""The same bot, exported in each format, is played by its vendor's emulator and says the same through the gateway."""

import asyncio
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from config.loader import load_accounts
from emulators.exports.imports import ImportedBot, import_bots, make_scripts
from emulators.server import Running, emulators
from gateway.app import Server, ServeSettings
from gateway.cli.imported_account import write_account
from tests.gateways import Gateway, make_account, open_gateway

DATA = Path(__file__).parents[1] / "data" / "exports"
EXPORTS = ("dialogflow-es", "lex-v1.json", "lex-v2", "watson-v1.json", "watson-v2.json", "watson-actions.json")
TABLE = orjson.loads((DATA / "conversation.json").read_bytes())
STEPS, INTENTS = TABLE["steps"], TABLE["intents"]
EXPECTED = [{"messages": step["messages"], "context": step["context"]} for step in STEPS]


def pack(name: str, directory: Path) -> Path:
    """Zip an export, as the vendors' consoles hand them out."""
    packed = directory / f"{name.removesuffix('.json')}.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in sorted((DATA / name).rglob("*.json")) if (DATA / name).is_dir() else [DATA / name]:
            zipped.write(file, file.relative_to(DATA / name) if file != DATA / name else name)
    return packed


@asynccontextmanager
async def play(imported: list[ImportedBot]) -> AsyncIterator[Running]:
    async with emulators(scripts=make_scripts(imported)) as running:
        yield running


@asynccontextmanager
async def serve(directory: Path, imported: list[ImportedBot]) -> AsyncIterator[Gateway]:
    """Serve the account that `botbridge emulate --write-accounts` writes."""
    async with play(imported) as running:
        await asyncio.to_thread(write_account, directory, imported, running)
        settings = ServeSettings(config=directory, port=0)
        accounts = await asyncio.to_thread(load_accounts, directory, {})
        async with Server(accounts, settings) as server, aiohttp.ClientSession() as client:
            yield Gateway(server, client, directory)


async def converse(gateway: Gateway, bot: str) -> list[Any]:
    """Hold the conversation and return the answers."""
    answers = []
    for step in STEPS:
        said = {"message": "", "event": {"name": "WELCOME"}} if step["say"] is None else {"message": step["say"]}
        event = {"convId": "c-1", **said, "context": {"lpEvent": {"type": "ContentEvent"}, "lpSdes": {}}}
        answer = await gateway.post(bot, event, account="imported", key=None)
        assert answer.status == 200, answer
        answers.append(answer.body)
    return answers


def drop_intent(answer: Any) -> Any:
    """Leave out what was understood: each vendor has its own way to tell."""
    told = ("intentId", "intentName", "confidenceScore")
    return {**answer, "context": {key: value for key, value in answer["context"].items() if key not in told}}


@pytest.mark.parametrize("packed", [False, True], ids=["unpacked", "zip"])
@pytest.mark.parametrize("name", EXPORTS)
async def test_every_export_of_the_bot_says_the_same(name: str, *, packed: bool, tmp_path: Path) -> None:
    imported = await asyncio.to_thread(import_bots, [pack(name, tmp_path) if packed else DATA / name])

    async with serve(tmp_path / "accounts", imported) as gateway:
        answers = await converse(gateway, imported[0].name)

    assert [answer["context"].get("intentName") for answer in answers] == INTENTS[name]
    assert [drop_intent(answer) for answer in answers] == EXPECTED


async def test_bots_of_one_vendor_and_their_conversations_are_kept_apart(tmp_path: Path) -> None:
    imported = await asyncio.to_thread(
        import_bots, [DATA / "watson-v1.json", DATA / "watson-v2.json", DATA / "lex-v1.json", DATA / "lex-v2"]
    )
    async with serve(tmp_path, imported) as gateway:

        async def say(bot: str, conversation: str, text: str) -> Any:
            answer = await gateway.say(bot, text, conversation=conversation, account="imported", key=None)
            return answer.body["messages"]

        for bot in [each.name for each in imported]:
            assert await say(bot, "c-1", "hello") == STEPS[3]["messages"]
            assert await say(bot, "c-1", "change my address") == ["Shall it go home or to work?"]
        for bot in [each.name for each in imported]:
            assert await say(bot, "c-2", "home") == ["I did not understand. Say hello to begin."]
            assert await say(bot, "c-1", "home") == ["It goes home."]


async def test_a_skill_answers_through_watsons_first_generation_too(tmp_path: Path) -> None:
    imported = await asyncio.to_thread(import_bots, [DATA / "watson-v1.json"])
    async with play(imported) as running:
        account = make_account(running)
        account["account"] = "imported"
        del account["auth"]
        settings = {
            "url": running["watson"],
            "workspace_id": imported[0].id,
            "apikey": "watson-emulator",
            "token_url": f"{running['watson']}/identity/token",
        }
        account["bots"] = {"first": {"vendor": "watson-v1", "settings": settings}}
        async with open_gateway(tmp_path, account) as gateway:
            answers = await converse(gateway, "first")
    assert [answer["context"].get("intentName") for answer in answers] == INTENTS["watson-v1.json"]
    assert [drop_intent(answer) for answer in answers] == EXPECTED


async def test_an_agent_answers_over_grpc_too(tmp_path: Path) -> None:
    imported = await asyncio.to_thread(import_bots, [DATA / "dialogflow-es"])
    async with play(imported) as running:
        account = make_account(running)
        account["account"] = "imported"
        del account["auth"]
        settings = {
            "project_id": imported[0].id,
            "transport": "grpc",
            "api_endpoint": running.dialogflow.grpc_address,
            "insecure": True,
            "auth_type": "none",
        }
        account["bots"] = {"grpc": {"vendor": "dialogflow-es", "settings": settings}}
        async with open_gateway(tmp_path, account) as gateway:
            answers = await converse(gateway, "grpc")
    assert [answer["context"].get("intentName") for answer in answers] == INTENTS["dialogflow-es"]
    assert [drop_intent(answer) for answer in answers] == EXPECTED


async def test_other_bots_play_the_dialogue_beside_imported_ones(tmp_path: Path) -> None:
    async with (
        play(await asyncio.to_thread(import_bots, [DATA / "lex-v2"])) as running,
        open_gateway(tmp_path, make_account(running)) as gateway,
    ):
        answer = await gateway.say("lex", "note")
    assert answer.body["messages"][1] == "I left a note for my colleagues."
