from gateway.contract.ports import Add, Append
from gateway.contract.types import AccountId, BotName
from gateway.figures.names import ERRORS_KEPT, KEPT, STATES_KEPT
from gateway.figures.states import Told
from gateway.figures.tally import TELL_AGAIN, Tally, write_tallies
from gateway.status import BotState
from tests.unit.gateway.figures.conftest import BOT, MIDNIGHT, OTHER, Bots, StillClock

BIN_OF_100_MS = "54"


def take_told(tally: Tally) -> list[Told]:
    """Take what was told of the bots since the last time."""
    return [told for part in tally.take(100) for bot in part.values() for told in bot.states]


def test_a_flush_writes_each_place_once(bots: Bots) -> None:
    tally = Tally("p")
    # The second lies in the same minute, the third in the next one, the last in the same quarter of an hour.
    for after in (0, 10, 60):
        tally.count(bots.end_turn(), MIDNIGHT + after)
    tally.count(bots.end_turn(OTHER), MIDNIGHT + 899)
    (part,) = tally.take(100)
    entries = write_tallies(part)
    added = {entry.name: entry for entry in entries if isinstance(entry, Add)}
    assert len(added) == sum(isinstance(entry, Add) for entry in entries)
    mine, other = "turns/83482904/concierge", "turns/83482904/billing"
    fine, minute, quarter, week = (int(MIDNIGHT) // size for size in (10, 60, 900, 604_800))
    assert {
        name: (entry.counts["turns"], entry.counts[BIN_OF_100_MS], entry.ttl)
        for name, entry in added.items()
        if "turns" in name
    } == {
        f"{mine}/10/{fine}": (1, 1, 900.0),
        f"{mine}/10/{fine + 1}": (1, 1, 900.0),
        f"{mine}/10/{fine + 6}": (1, 1, 900.0),
        f"{mine}/60/{minute}": (2, 2, 23_400.0),
        f"{mine}/60/{minute + 1}": (1, 1, 23_400.0),
        f"{mine}/900/{quarter}": (3, 3, 608_400.0),
        f"{other}/10/{fine + 89}": (1, 1, 900.0),
        f"{other}/60/{minute + 14}": (1, 1, 23_400.0),
        f"{other}/900/{quarter}": (1, 1, 608_400.0),
    }
    assert {name: (entry.counts, entry.ttl) for name, entry in added.items() if "active" in name} == {
        f"active/60/{minute}": ({"83482904/concierge": 2}, 2400.0),
        f"active/60/{minute + 1}": ({"83482904/concierge": 1}, 2400.0),
        f"active/60/{minute + 14}": ({"83482904/billing": 1}, 2400.0),
        f"active/604800/{week}": ({"83482904/concierge": 3, "83482904/billing": 1}, 1_296_000.0),
    }
    assert [entry for entry in entries if isinstance(entry, Append)] == [
        Append(f"states/{account}/{name}", [Told(at, "p", None, BotState.ONLINE).write()], KEPT, STATES_KEPT)
        for (account, name), at in ((BOT, MIDNIGHT), (OTHER, MIDNIGHT + 899))
    ]


def test_everything_is_taken_in_parts(bots: Bots) -> None:
    tally = Tally("p")
    keys = [(AccountId("1"), BotName(f"{number}")) for number in range(5)]
    for key in keys:
        tally.count(bots.end_turn(key), MIDNIGHT)
    assert [list(part) for part in tally.take(2)] == [keys[:2], keys[2:4], keys[4:]]
    assert tally.take(2) == []


def test_nothing_is_made_of_what_is_no_turn(bots: Bots) -> None:
    tally = Tally("p")
    for outcome in ("repeated", "refused", "cancelled"):
        tally.count(bots.end_turn(outcome=outcome), MIDNIGHT)
    assert tally.bots == {}


def test_a_state_is_told_when_it_changes(clock: StillClock, bots: Bots) -> None:
    tally = Tally("p")
    for outcome in ("answered", "answered", "failed", "failed", "failed", "failed", "answered"):
        tally.count(bots.end_turn(outcome=outcome), clock.time())
        clock.advance(1)
    assert take_told(tally) == [
        Told(MIDNIGHT, "p", None, BotState.ONLINE),
        Told(MIDNIGHT + 4, "p", None, BotState.VENDOR_INTERRUPTION),
        Told(MIDNIGHT + 6, "p", None, BotState.ONLINE),
    ]


def test_a_first_failure_says_nothing_and_the_state_that_follows_does(clock: StillClock, bots: Bots) -> None:
    tally = Tally("p")
    for outcome in ("failed", "failed"):
        tally.count(bots.end_turn(outcome=outcome), clock.time())
    assert take_told(tally) == []
    tally.count(bots.end_turn(outcome="failed"), clock.time())
    assert take_told(tally) == [Told(MIDNIGHT, "p", None, BotState.VENDOR_INTERRUPTION)]


def test_environments_speak_for_themselves(clock: StillClock, bots: Bots) -> None:
    tally = Tally("p")
    tally.count(bots.end_turn(environment="draft"), clock.time())
    tally.count(bots.end_turn(environment="production"), clock.time())
    tally.count(bots.end_turn(environment="draft"), clock.time())
    assert take_told(tally) == [
        Told(MIDNIGHT, "p", "draft", BotState.ONLINE),
        Told(MIDNIGHT, "p", "production", BotState.ONLINE),
    ]


def test_a_state_that_lasts_is_told_again_every_day_as_of_its_beginning(clock: StillClock, bots: Bots) -> None:
    tally = Tally("p")
    told = []
    for _ in range(5):
        tally.count(bots.end_turn(), clock.time())
        told.append(take_told(tally))
        clock.advance(TELL_AGAIN / 2)
    first = Told(MIDNIGHT, "p", None, BotState.ONLINE)
    assert told == [[first], [], [first], [], [first]]


def test_what_waits_of_one_bot_is_bounded(clock: StillClock, bots: Bots) -> None:
    tally = Tally("p")
    for number in range(4 * STATES_KEPT):
        outcome = "failed" if number % 4 else "answered"
        tally.count(bots.end_turn(outcome=outcome, conversation=f"{number}"), clock.time())
    waiting = tally.bots[BOT]
    assert (len(waiting.errors), len(waiting.states)) == (ERRORS_KEPT, STATES_KEPT)
    assert waiting.errors[-1].conversation == f"{4 * STATES_KEPT - 1}"
