from pathlib import Path

import pytest
from ruamel.yaml import YAML

from config.loader import load_accounts
from emulators.exports.imports import import_bots
from gateway.cli.imported_account import HEADER, OthersFile, write_account

DATA = Path(__file__).parents[3] / "data" / "exports"
URLS = {"lex": "http://127.0.0.1:1001", "watson": "http://127.0.0.1:1002", "dialogflow": "http://[::1]:1003"}


def test_each_bot_is_reached_at_its_emulator(tmp_path: Path) -> None:
    path = write_account(
        tmp_path / "new" / "accounts",
        import_bots([DATA / "lex-v1.json", DATA / "dialogflow-es", DATA / "watson-v2.json"]),
        URLS,
    )

    assert path == tmp_path / "new" / "accounts" / "imported.yaml"
    assert YAML(typ="safe").load(path.read_text(encoding="utf-8")) == {
        "account": "imported",
        "bots": {
            "lex-v1": {
                "vendor": "lex-v2",
                "settings": {
                    "region": "us-east-1",
                    "bot_id": "LEXV100000",
                    "bot_alias_id": "TSTALIASID",
                    "locale_id": "en_US",
                    "access_key_id": "AKIDEMULATOR",
                    "secret_access_key": "lex-emulator",
                    "endpoint_url": "http://127.0.0.1:1001",
                },
            },
            "dialogflow-es": {
                "vendor": "dialogflow-es",
                "settings": {
                    "project_id": "dialogflow-es",
                    "language_code": "en",
                    "api_endpoint": "[::1]:1003",
                    "insecure": True,
                    "auth_type": "none",
                },
            },
            "watson-v2": {
                "vendor": "watson-v2",
                "settings": {
                    "url": "http://127.0.0.1:1002",
                    "assistant_id": "watson-v2",
                    "apikey": "watson-emulator",
                    "token_url": "http://127.0.0.1:1002/identity/token",
                },
            },
        },
    }
    [account] = load_accounts(path.parent, {}).accounts
    assert sorted(account.bots) == ["dialogflow-es", "lex-v1", "watson-v2"]


def test_our_own_file_is_written_anew(tmp_path: Path) -> None:
    imported = import_bots([DATA / "lex-v2"])
    path = write_account(tmp_path, imported, URLS)
    path.write_text(HEADER + "account: old\n", encoding="utf-8")

    write_account(tmp_path, imported, URLS)

    assert "account: imported" in path.read_text(encoding="utf-8")


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "imported.yaml"
    path.write_text("account: mine\n", encoding="utf-8")

    with pytest.raises(OthersFile, match="stays as it is"):
        write_account(tmp_path, import_bots([DATA / "lex-v2"]), URLS)

    assert path.read_text(encoding="utf-8") == "account: mine\n"
