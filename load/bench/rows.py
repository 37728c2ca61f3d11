"""The rows of the bench: one bot of each vendor, and the account files that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from yarl import URL

ACCOUNT: Final = "bench"
BOT: Final = "bot"
KEY: Final = "key-of-the-bench"
HOOKS: Final = {"pre": ["load.bench.hooks:tag"], "post": ["load.bench.hooks:count"]}
QUICK_HOOKS: Final = {"pre": ["load.bench.hooks:quick_tag"], "post": ["load.bench.hooks:quick_count"]}


@dataclass(frozen=True, slots=True)
class Row:
    """One vendor, spoken to in one way."""

    name: str
    vendor: str
    """As account files name it."""
    emulator: str
    """Which of the emulators plays it."""
    transport: str = "rest"

    @property
    def is_grpc(self) -> bool:
        """Say whether the gateway speaks gRPC to the vendor."""
        return self.transport == "grpc"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a vendor is."""

    url: str
    grpc: str = ""
    """`host:port`."""


ROWS: Final = (
    Row("lex-v2", "lex-v2", "lex"),
    Row("dialogflow-es", "dialogflow-es", "dialogflow"),
    Row("dialogflow-cx", "dialogflow-cx", "dialogflow"),
    Row("watson-v2", "watson-v2", "watson"),
    Row("function", "function", "function"),
    Row("dialogflow-es-grpc", "dialogflow-es", "dialogflow", transport="grpc"),
)


def make_settings(row: Row, at: Address, google: Mapping[str, str]) -> dict[str, Any]:
    """Make the settings of a row's bot for a vendor there; `google` is a service account's key."""
    match row.vendor:
        case "lex-v2":
            return {
                "region": "us-east-1",
                "bot_id": "BOTBRIDGE1",
                "bot_alias_id": "TSTALIASID",
                "locale_id": "en_US",
                "access_key_id": "AKIDEMULATOR",
                "secret_access_key": "lex-emulator",
                "endpoint_url": at.url,
            }
        case "watson-v2":
            token_url = f"{at.url}/identity/token"
            return {"url": at.url, "assistant_id": "a-1", "apikey": "watson-emulator", "token_url": token_url}
        case "dialogflow-es" | "dialogflow-cx":
            address = at.grpc if row.is_grpc else URL(at.url).authority
            where = {"location": "global", "agent_id": "a-1"} if row.vendor == "dialogflow-cx" else {}
            key = {**google, "token_uri": f"{at.url}/token"}
            return {
                "project_id": "shop-1",
                **where,
                "transport": row.transport,
                "api_endpoint": address,
                "insecure": True,
                "credentials_json": key,
            }
        case "function":
            return {"url": f"{at.url}/bot"}
    raise ValueError(f"no settings for {row.vendor}")


def make_bot(
    row: Row, at: Address, google: Mapping[str, str], *, hooks: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Make a row's bot as an account file has it."""
    bot = {"vendor": row.vendor, "settings": make_settings(row, at, google)}
    return bot if hooks is None else {**bot, "hooks": dict(hooks)}


def write_account(directory: Path, bots: Mapping[str, Any], account: str = ACCOUNT) -> None:
    """Write an account file; the folder is made where it is missing."""
    directory.mkdir(exist_ok=True)
    content = {"account": account, "auth": {"api_keys": [KEY]}, "bots": dict(bots)}
    with (directory / f"{account}.yaml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(content, file)


def find_rows(only: str) -> list[Row]:
    """Find the rows with this name, all for an empty one. Raise ValueError."""
    found = [row for row in ROWS if only in ("", row.name)]
    if not found:
        raise ValueError(f"there are: {', '.join(row.name for row in ROWS)}")
    return found
