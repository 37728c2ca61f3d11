from pathlib import Path

from config.loader import load_accounts
from load.coldstart.accounts import make_bots, name_account, write_account, write_accounts

URLS = {
    name: f"http://127.0.0.1:{port}" for port, name in enumerate(("lex", "watson", "dialogflow", "function"), start=1)
}


def test_the_accounts_are_valid_and_each_has_all_bots(tmp_path: Path) -> None:
    write_accounts(tmp_path, 3, make_bots(URLS))
    loaded = load_accounts(tmp_path, {})
    assert [account.account for account in loaded.accounts] == [name_account(number) for number in range(3)]
    assert {tuple(account.bots) for account in loaded.accounts} == {tuple(sorted(make_bots(URLS)))}
    assert {bot.vendor for account in loaded.accounts for bot in account.bots.values()} == {
        "lex-v2",
        "dialogflow-es",
        "dialogflow-cx",
        "watson-v2",
        "function",
    }


def test_one_file_can_be_changed_without_changing_what_it_says(tmp_path: Path) -> None:
    write_accounts(tmp_path, 2, make_bots(URLS))
    known = load_accounts(tmp_path, {})
    write_account(tmp_path, name_account(1), make_bots(URLS), comment="changed")
    first, second = load_accounts(tmp_path, {}, known=known).accounts
    assert first is known.accounts[0]
    assert second is not known.accounts[1]
    assert second == known.accounts[1]
