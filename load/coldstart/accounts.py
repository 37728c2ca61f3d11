"""The account files whose gateways are started: one bot of a vendor, or one of every vendor in each of thousands of accounts."""

from io import StringIO
from pathlib import Path
from typing import Any, Final, TypeAlias

from ruamel.yaml import YAML
from yarl import URL

ACCOUNT: Final = "1"
AWS_KEYS: Final = {"AWS_ACCESS_KEY_ID": "AKIDEMULATOR", "AWS_SECRET_ACCESS_KEY": "lex-emulator"}
DEFAULTS: Final[dict[str, Any]] = {
    "retry": {"attempts": 3, "initial": 0.2, "maximum": 2.0},
    "timeouts": {"attempt": 10, "total": 25},
    "breaker": {"failures": 5, "window": 30, "open_for": 15},
    "limits": {"in_flight": 500, "per_second": 200},
    "escalation": {"skill": "human_skill", "message": "One moment, I will get a colleague."},
}
"""What real account files say as well."""

Urls: TypeAlias = dict[str, str]
"""Of the emulators, by name."""


def make_bots(urls: Urls) -> dict[str, Any]:
    """Describe a bot of every vendor at its emulator; and `chain`, a Lex bot that says neither keys nor endpoint."""
    lex = {"region": "us-east-1", "bot_id": "BOTBRIDGE1", "bot_alias_id": "TSTALIASID", "locale_id": "en_US"}
    keys = {"access_key_id": "AKIDEMULATOR", "secret_access_key": "lex-emulator", "endpoint_url": urls["lex"]}
    google = {"api_endpoint": URL(urls["dialogflow"]).authority, "insecure": True, "auth_type": "none"}
    watson = {"apikey": "watson-emulator", "token_url": f"{urls['watson']}/identity/token"}
    return {
        "lex": {"vendor": "lex-v2", "settings": lex | keys},
        "chain": {"vendor": "lex-v2", "settings": lex},
        "dialogflow": {"vendor": "dialogflow-es", "settings": {"project_id": "shop-1"} | google},
        "dialogflow-cx": {
            "vendor": "dialogflow-cx",
            "settings": {"project_id": "shop-1", "location": "global", "agent_id": "a-1"} | google,
        },
        "watson": {"vendor": "watson-v2", "settings": {"url": urls["watson"], "assistant_id": "a-1"} | watson},
        "function": {"vendor": "function", "settings": {"url": f"{urls['function']}/bot"}},
    }


def name_account(number: int) -> str:
    """Name one of many accounts."""
    return f"brand-{number:06}"


def write_account(folder: Path, account: str, bots: dict[str, Any], *, comment: str = "") -> None:
    """Write one account's file."""
    folder.mkdir(exist_ok=True)
    (folder / f"{account}.yaml").write_text(_render(account, bots) + f"# {comment}\n", encoding="utf-8")


def write_accounts(folder: Path, number: int, bots: dict[str, Any]) -> None:
    """Write so many accounts' files, which differ in the account's name and its key."""
    folder.mkdir(exist_ok=True)
    first = _render("ACCOUNT", bots)
    for account in map(name_account, range(number)):
        (folder / f"{account}.yaml").write_text(first.replace("ACCOUNT", account), encoding="utf-8")


def _render(account: str, bots: dict[str, Any]) -> str:
    out = StringIO()
    described = {
        "account": account,
        "auth": {"api_keys": [f"key-of-{account}"]},
        "skills": ["human_skill", "billing"],
        "defaults": DEFAULTS,
        "bots": bots,
    }
    YAML(typ="safe", pure=True).dump(described, out)
    return out.getvalue()
