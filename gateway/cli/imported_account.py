"""The account file that `botbridge emulate --write-accounts` writes: the imported bots, each at its emulator."""

from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from emulators.exports.imports import ImportedBot
from emulators.iam import APIKEY
from emulators.lex import ACCESS_KEY_ID, SECRET_ACCESS_KEY

ACCOUNT: Final = "imported"
HEADER: Final = "# Written by `botbridge emulate --import`, anew each time; the addresses are those of its emulators.\n"
EMULATORS: Final = {"lex-v2": "lex", "dialogflow-es": "dialogflow", "watson-v2": "watson"}
"""A bot's vendor -> the emulator that plays it."""


class OthersFile(Exception):
    """A file that somebody else has written stands where ours would."""


def build_settings(imported: ImportedBot, url: str) -> dict[str, Any]:
    """Say how the bot is reached at its emulator, as `settings` of an account file."""
    match imported.bot.vendor:
        case "lex-v2":
            return {
                "region": "us-east-1",
                "bot_id": imported.id,
                "bot_alias_id": "TSTALIASID",
                "locale_id": imported.bot.language,
                "access_key_id": ACCESS_KEY_ID,
                "secret_access_key": SECRET_ACCESS_KEY,
                "endpoint_url": url,
            }
        case "dialogflow-es":
            return {
                "project_id": imported.id,
                "language_code": imported.bot.language,
                "api_endpoint": urlsplit(url).netloc,
                "insecure": True,
                "auth_type": "none",
            }
        case "watson-v2":
            return {
                "url": url,
                "assistant_id": imported.id,
                "apikey": APIKEY,
                "token_url": f"{url}/identity/token",
            }


def write_account(directory: Path, imported: Iterable[ImportedBot], urls: Mapping[str, str]) -> Path:
    """Write DIRECTORY/imported.yaml and give its path.

    Raise OthersFile when a file of that name is there that was not written here, OSError when it cannot be written.
    """
    path = directory / f"{ACCOUNT}.yaml"
    if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(HEADER):
        raise OthersFile(f"{path} was not written by `botbridge emulate`; it stays as it is")
    bots = {
        each.name: {
            "vendor": each.bot.vendor,
            "settings": build_settings(each, urls[EMULATORS[each.bot.vendor]]),
        }
        for each in imported
    }
    text = StringIO()
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.dump({"account": ACCOUNT, "bots": bots}, text)
    directory.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + text.getvalue(), encoding="utf-8")
    return path
