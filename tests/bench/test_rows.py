"""The bench's account files are good ones."""

from pathlib import Path

import pytest

from config.loader import load_accounts
from emulators.google_tokens import ServiceAccount
from load.bench.rows import HOOKS, QUICK_HOOKS, ROWS, Address, find_rows, make_bot, write_account
from load.bench.scale import name_account, write_accounts

AT = Address("http://127.0.0.1:9000", "127.0.0.1:9001")
GOOGLE = ServiceAccount.generate().credentials(AT.url, "shop-1")


@pytest.mark.parametrize("hooks", [None, HOOKS, QUICK_HOOKS])
def test_every_row_is_a_bot_that_the_gateway_takes(tmp_path: Path, hooks: dict[str, list[str]] | None) -> None:
    write_account(tmp_path / "accounts", {row.name: make_bot(row, AT, GOOGLE, hooks=hooks) for row in ROWS})

    (account,) = load_accounts(tmp_path / "accounts", {}).accounts

    assert {name: bot.vendor for name, bot in account.bots.items()} == {row.name: row.vendor for row in ROWS}
    assert {len(bot.hooks.pre) + len(bot.hooks.post) for bot in account.bots.values()} == {2 if hooks else 0}


def test_many_accounts_differ_in_their_names_alone(tmp_path: Path) -> None:
    write_accounts(tmp_path / "accounts", 3, {"bot": make_bot(ROWS[0], AT, GOOGLE)})

    accounts = load_accounts(tmp_path / "accounts", {}).accounts

    assert [account.account for account in accounts] == [name_account(number) for number in range(3)]
    assert [list(account.bots) for account in accounts] == [["bot"]] * 3


@pytest.mark.parametrize(("only", "names"), [("", [row.name for row in ROWS]), ("lex-v2", ["lex-v2"])])
def test_rows_are_found_by_name(only: str, names: list[str]) -> None:
    assert [row.name for row in find_rows(only)] == names


def test_an_unknown_row_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"^there are: lex-v2, dialogflow-es, .*-grpc$"):
        find_rows("lex")
