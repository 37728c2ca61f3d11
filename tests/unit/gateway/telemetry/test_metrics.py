import pytest

from gateway.sessions.backends import StoreSettings, make_sessions
from gateway.sessions.memory import MemoryStore
from gateway.telemetry.metrics import OUTCOMES, STEPS, Metrics
from tests.fakes import FakeClock


async def test_a_bot_s_series_begin_at_zero() -> None:
    metrics = Metrics()
    metrics.for_bot("1", "b", "lex-v2")
    text = (await metrics.render()).decode()
    for outcome in OUTCOMES:
        assert f'botbridge_turns_total{{account="1",bot="b",outcome="{outcome}",vendor="lex-v2"}} 0.0' in text
    for step in STEPS:
        assert f'botbridge_step_seconds_count{{account="1",bot="b",step="{step}",vendor="lex-v2"}} 0.0' in text


async def test_the_store_is_looked_at_when_somebody_asks() -> None:
    metrics, store = Metrics(), MemoryStore(FakeClock(), capacity=10)
    metrics.watch_store(store)
    await store.apply([("a", b"12345", 1), ("b", b"12345", 1)])
    text = (await metrics.render()).decode()
    assert "botbridge_store_bytes 6.0" in text
    assert "botbridge_store_evictions 1.0" in text


@pytest.mark.parametrize(("url", "shows_size"), [("memory", True), ("redis://localhost", False)])
async def test_what_went_wrong_with_what_is_kept_is_shown(url: str, shows_size: bool) -> None:
    metrics, sessions = Metrics(), make_sessions(StoreSettings(url=url), FakeClock())
    metrics.watch_sessions(sessions)
    sessions.unreadable, sessions.not_kept, sessions.turns_lost = 1, 2, 3
    text = (await metrics.render()).decode()
    for line in ("unreadable 1.0", "not_kept 2.0", "turns_lost 3.0"):
        assert f"botbridge_store_{line}\n" in text
    assert ("botbridge_store_bytes 0.0\n" in text) is shows_size
