"""Write the account files and the targets of a deployment of one's own: many accounts, each with a bot of every vendor."""

from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from ruamel.yaml import YAML
from yarl import URL

from gateway.contract.wire import dumps
from load.users.doors import Json

FIRST_ACCOUNT: Final = 50_000_001
ESCALATION: Final = {"skill": "human_skill", "message": "One moment, I will get a colleague."}
VENDORS: Final = {
    "lex": "lex-v2",
    "dialogflow": "dialogflow-es",
    "dialogflow-cx": "dialogflow-cx",
    "watson": "watson-v2",
    "watson-v1": "watson-v1",
    "function": "function",
    "chat": "function",
}
"""A bot's name -> its vendor; `chat` is the one whose channel is chat."""


def write_deployment(folder: Path, places: Mapping[str, str], accounts: int) -> Path:
    """Write `folder`/accounts/*.yaml and give the file of the targets (folder/targets.json)."""
    (folder / "accounts").mkdir()
    yaml = YAML(typ="safe")
    sections = []
    for number in range(accounts):
        account, key = str(FIRST_ACCOUNT + number), token_hex(16)
        with (folder / "accounts" / f"{account}.yaml").open("w", encoding="utf-8") as file:
            yaml.dump(make_account(account, key, places, number), file)
        sections.append(make_section(account, key, places))
    targets = folder / "targets.json"
    targets.write_bytes(dumps({"accounts": sections, "baseline": f"{places['function']}/bot"}))
    return targets


def make_account(account: str, key: str, places: Mapping[str, str], number: int) -> Json:
    """Describe an account. Every second one escalates, and has hooks; the first has a bot over gRPC, since few have."""
    bots: dict[str, Json] = {
        name: {"vendor": vendor, "settings": make_settings(name, places)} for name, vendor in VENDORS.items()
    }
    bots["chat"]["channel"] = "chat"
    if number == 0:
        bots["dialogflow-cx"]["settings"] |= {"transport": "grpc", "api_endpoint": places["dialogflow-grpc"]}
    defaults: Json = {
        "timeouts": {"attempt": 4, "total": 10},
        "retry": {"attempts": 3, "initial": 0.05, "maximum": 0.2},
    }
    if number % 2:
        defaults |= {"escalation": ESCALATION, "hooks": {"pre": ["hooks.redact:redact"]}}
    return {
        "account": account,
        "auth": {"api_keys": [key]},
        "skills": [ESCALATION["skill"]],
        "custom_endpoint": {"jwks_url": places["jwks"], "client_id": places["client_id"]},
        "defaults": defaults,
        "bots": bots,
    }


def make_settings(bot: str, places: Mapping[str, str]) -> Json:
    """Give the settings that lead to a bot's emulator (emulators/README.md)."""
    google = {"api_endpoint": URL(places["dialogflow"]).authority, "insecure": True, "auth_type": "none"}
    watson = {
        "url": places["watson"],
        "apikey": "watson-emulator",
        "token_url": f"{places['watson']}/identity/token",
    }
    settings: dict[str, Json] = {
        "lex": {
            "region": "us-east-1",
            "bot_id": "BOTBRIDGE1",
            "bot_alias_id": "TSTALIASID",
            "locale_id": "en_US",
            "access_key_id": "AKIDEMULATOR",
            "secret_access_key": "lex-emulator",
            "endpoint_url": places["lex"],
        },
        "dialogflow": {"project_id": "shop-1", **google},
        "dialogflow-cx": {"project_id": "shop-1", "location": "global", "agent_id": "a-1", **google},
        "watson": {"assistant_id": "a-1", **watson},
        "watson-v1": {"workspace_id": "w-1", **watson},
    }
    return settings.get(bot, {"url": f"{places['function']}/bot"})


def make_section(account: str, key: str, places: Mapping[str, str]) -> dict[str, Any]:
    """Describe an account for those who send the load: its bots behind both doors."""
    bots = [
        {
            "name": name,
            "vendor": vendor,
            "doors": ["events", "endpoint"],
            "channel": "chat" if name == "chat" else "messaging",
        }
        for name, vendor in VENDORS.items()
    ]
    application = {name: places[name] for name in ("client_id", "client_secret")}
    token_url = places["tokens"].replace("ACCOUNT", account)
    return {"account": account, "key": key, "endpoint": {"token_url": token_url, **application}, "bots": bots}
