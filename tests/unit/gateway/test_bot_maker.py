"""What is imported before bots are made, so that making them takes no time; what they are made of is seen in their turns."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.loader import load_accounts
from config.models import Account
from gateway.bot_maker import import_what_is_needed
from tests.gateways import write_accounts

MODULES = ("needed_hook", "needed_error_hook", "needed_callable", "needed_variant")
SOURCE = "def hook(payload, ctx): ...\ndef answer(payload): ...\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with modules of one's own, none of them imported."""
    for module in MODULES:
        (tmp_path / f"{module}.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for module in MODULES:
        sys.modules.pop(module, None)


async def load(folder: Path, *bots: dict[str, Any]) -> tuple[Account, ...]:
    """Load an account as a worker gets it: checked elsewhere, nothing of it imported here."""
    write_accounts(folder, {"account": "1", "bots": {f"b-{number}": bot for number, bot in enumerate(bots)}})
    loaded = await asyncio.to_thread(load_accounts, folder, {})
    for module in MODULES:
        sys.modules.pop(module, None)
    return loaded.accounts


async def test_hooks_and_callables_are_imported_those_of_environments_too(folder: Path) -> None:
    accounts = await load(
        folder,
        {
            "vendor": "function",
            "settings": {"callable": "needed_callable:answer"},
            "hooks": {"pre": ["needed_hook:hook"], "error": [{"use": "needed_error_hook:hook", "with": {}}]},
            "environments": {"other": {"settings": {"callable": "needed_variant:answer"}}},
        },
        {"vendor": "function", "settings": {"url": "https://f.test"}, "hooks": {"post": [{"url": "https://h.test"}]}},
    )
    import_what_is_needed(accounts)
    assert [module for module in MODULES if module not in sys.modules] == []


async def test_what_cannot_be_imported_is_raised(folder: Path) -> None:
    accounts = await load(folder, {"vendor": "function", "settings": {"callable": "needed_callable:answer"}})
    (folder / "needed_callable.py").write_text("raise RuntimeError('broken meanwhile')")
    with pytest.raises(RuntimeError, match="broken meanwhile"):
        import_what_is_needed(accounts)
