from pathlib import Path

import orjson
import pytest

from config.loader import load_accounts
from load.users.accounts import VENDORS, write_deployment
from load.users.targets import load_targets
from vendors.registry import VENDORS as ALL_VENDORS

PLACES = {
    **{name: f"http://127.0.0.1:{port}" for port, name in enumerate(("lex", "watson", "dialogflow", "function"), 9001)},
    "dialogflow-grpc": "127.0.0.1:9005",
    "jwks": "http://127.0.0.1:9006/jwks",
    "tokens": "http://127.0.0.1:9006/ACCOUNT/token",
    "client_id": "c0ffee",
    "client_secret": "hush",
}


def test_every_vendor_has_a_bot() -> None:
    assert set(VENDORS.values()) == set(ALL_VENDORS)


@pytest.mark.parametrize("accounts", [1, 3])
def test_accounts_and_targets_are_those_of_each_other(tmp_path: Path, accounts: int) -> None:
    targets = load_targets(write_deployment(tmp_path, PLACES, accounts), {})
    loaded = load_accounts(tmp_path / "accounts", {})
    assert {(target.account, target.bot, target.vendor, target.channel) for target in targets.bots} == {
        (account.account, bot.name, bot.vendor, bot.channel)
        for account in loaded.accounts
        for bot in account.bots.values()
    }
    assert {(target.bot, target.door) for target in targets.bots} == {
        (bot, door) for bot in VENDORS for door in ("events", "endpoint")
    }
    assert {target.application.token_url for target in targets.bots if target.application} == {
        f"http://127.0.0.1:9006/{account.account}/token" for account in loaded.accounts
    }
    assert targets.baseline == "http://127.0.0.1:9004/bot"


def test_every_second_account_hands_over_what_fails(tmp_path: Path) -> None:
    write_deployment(tmp_path, PLACES, 4)
    accounts = load_accounts(tmp_path / "accounts", {}).accounts
    assert [account.bots["lex"].escalation is not None for account in accounts] == [False, True, False, True]  # type: ignore[index] # a plain name


def test_no_two_accounts_have_the_same_key(tmp_path: Path) -> None:
    file = orjson.loads(write_deployment(tmp_path, PLACES, 3).read_bytes())
    assert len({account["key"] for account in file["accounts"]}) == 3
