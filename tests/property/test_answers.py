"""Any JSON whatsoever as a vendor's answer: a reply that keeps LivePerson's contract, or a documented code; then the next turn.

Every registered vendor is asked by its real client over a real socket, so its `ask` meets the JSON too. The answers are those
of the vendor's own tables in tests/data with something wrong in them, and JSON made of the words in those tables.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from emulators.emulator import Emulator
from emulators.faults import Fault
from emulators.server import emulators
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.catalogue import CATALOGUE, PREFIX
from gateway.contract.errors import TurnFailed
from gateway.contract.event import parse_event
from gateway.contract.ports import Vendor
from gateway.contract.reply import ReplyRules, render, verify
from gateway.contract.types import Channel, Json, ReadingContext, StructuredContentMode
from gateway.contract.wire import WireError, copy, dumps, loads
from tests.gateways import make_account
from vendors.registry import VENDORS
from vendors.services import Services

DATA = Path(__file__).parents[1] / "data"
SCHEMA = Draft202012Validator(loads((DATA / "contract" / "answer.schema.json").read_bytes()))
TABLES = {
    "lex-v2": "lex/replies.json",
    "dialogflow-es": "dialogflow/replies.json",
    "dialogflow-cx": "dialogflow/replies_cx.json",
    "watson-v1": "watson/replies.json",
    "watson-v2": "watson/replies.json",
    "function": "function/replies.json",
}
CODES = {
    "lex-v2": ("aivendor.lex.",),
    "dialogflow-es": ("aivendor.dialogflowv2.",),
    "dialogflow-cx": ("aivendor.dialogflowcx.",),
    "watson-v1": ("aivendor.watson.",),
    "watson-v2": ("aivendor.watsonv2.", "aivendor.watson."),
    "function": ("aivendor.faas.",),
}
"""Where the codes of a vendor's answers stand in the catalogue, besides those of every reply."""
OF_EVERY_REPLY = ("pipes.verify-ai-response.",)


WRONG: list[Any] = [None, True, -1, 1e300, "", "x", [], ["x"], {}, {"x": None}]
"""A little of everything that JSON has."""


def read_answers(vendor: str) -> list[Json]:
    """Read the answers of a vendor's table that a table may hold at all."""
    table = loads((DATA / TABLES[vendor]).read_bytes())
    cases = table["cases"] if isinstance(table, dict) else table
    return [case["answer"] for case in cases if isinstance(case["answer"], dict)]


def find_words(value: Any) -> Iterator[str]:
    """Find every key and every short text of a JSON value, also within JSON that stands in a text."""
    match value:
        case dict():
            yield from value
            for member in value.values():
                yield from find_words(member)
        case list():
            for entry in value:
                yield from find_words(entry)
        case str() if len(value) < 100:
            yield value
            yield from find_words(read_object(value))


def read_object(text: str) -> Json | None:
    try:
        value = loads(text)
    except WireError:
        return None
    return value if isinstance(value, dict) else None


def find_places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Find the way to everything within a JSON value, also within an object that stands as JSON in a text.

    Of a list only the first two entries: some tables have very long ones, all of a kind.
    """
    if isinstance(value, str):
        value = read_object(value)
    members = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, member in members:
        yield (*path, key)
        yield from find_places(member, (*path, key))


def put(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """Put something else in a place of a JSON value; the value given stays as it is."""
    match path, value:
        case (), _:
            return other
        case _, str():
            return dumps(put(loads(value), path, other)).decode()
        case (key, *rest), dict():
            return {**value, key: put(value[key], tuple(rest), other)}
        case (index, *rest), _:
            return [*value[:index], put(value[index], tuple(rest), other), *value[index + 1 :]]


@st.composite
def spoiled(draw: st.DrawFn, good: list[Json], wrong: st.SearchStrategy[Any]) -> Any:
    """Take a good answer and put something wrong in one to three of its places."""
    answer = draw(st.sampled_from(good))
    for _ in range(draw(st.integers(1, 3))):
        if places := list(find_places(answer)):
            answer = put(answer, draw(st.sampled_from(places)), draw(wrong))
    return answer


def make_answers(vendor: str) -> st.SearchStrategy[Any]:
    """Make answers of a vendor: nearly right ones for the most part, and any JSON of its words."""
    good = read_answers(vendor)
    words = st.sampled_from(sorted({word for answer in good for word in find_words(answer)}))
    texts = st.one_of(words, st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
    numbers = st.one_of(st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False, allow_infinity=False))
    anything = st.recursive(
        st.one_of(st.sampled_from(WRONG), texts, numbers),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
        max_leaves=8,
    )
    written = anything.map(lambda value: dumps(value).decode())
    return st.one_of(spoiled(good, anything), spoiled(good, anything), spoiled(good, written), anything)


ANSWERS = {vendor: make_answers(vendor) for vendor in TABLES}
RULES = st.builds(
    ReplyRules,
    channel=st.sampled_from(Channel),
    custom_ttr=st.booleans(),
    structured_content=st.sampled_from(StructuredContentMode),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A bot, and the emulator of its vendor."""

    name: str
    bot: Vendor
    emulator: Emulator

    async def take_turn(self, session: Json, rules: ReplyRules, skill: str | None) -> Json | TurnFailed:
        """Ask, and read what comes back; any other exception than the turn's failure fails the test."""
        event = parse_event({"convId": "c-1", "message": "text"})
        try:
            answer = await self.bot.ask(self.bot.build_request(event, session), session, timeout=5)
        except TurnFailed as failure:
            return failure
        before = dumps(answer)
        outcome = self.read(answer, rules, skill)
        assert dumps(answer) == before, "error hooks are told what the vendor answered"
        return outcome

    def read(self, answer: Json, rules: ReplyRules, skill: str | None) -> Json | TurnFailed:
        """Read an answer and render the reply."""
        try:
            reply = self.bot.read_reply(answer, ReadingContext(channel=rules.channel, default_skill=skill))
            return render(verify(reply, rules))
        except TurnFailed as failure:
            return failure

    def check(self, outcome: Json | TurnFailed) -> None:
        """Fail for what breaks the contract, and for a code that is not one of this vendor's."""
        if isinstance(outcome, TurnFailed):
            assert outcome.code in CATALOGUE
            assert outcome.code.removeprefix(PREFIX).startswith((*CODES[self.name], *OF_EVERY_REPLY))
            assert outcome.status == 502
        else:
            assert SCHEMA.is_valid(outcome), outcome
            assert copy(outcome) == outcome


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=list(VENDORS))
async def asked(request: pytest.FixtureRequest) -> AsyncIterator[Asked]:
    async with emulators() as running, aiohttp.ClientSession() as http:
        bots = make_account(running)["bots"].values()
        given_settings = next(bot["settings"] for bot in bots if bot["vendor"] == request.param)
        registered = VENDORS[request.param]
        services = Services(http, Sandbox(), SystemClock())
        bot = registered.create(registered.load_settings().model_validate(given_settings), services)
        await bot.open()
        emulator = next(each for each in running.all if each.name == request.param.split("-")[0])
        yield Asked(request.param, bot, emulator)
        await bot.close()


@pytest.mark.asyncio(loop_scope="module")
@settings(deadline=None)
@given(data=st.data(), rules=RULES, skill=st.sampled_from([None, "human_skill"]))
async def test_any_json_is_a_valid_reply_or_a_documented_code(
    asked: Asked, data: st.DataObject, rules: ReplyRules, skill: str | None
) -> None:
    answer = data.draw(ANSWERS[asked.name])
    session: Json = {}
    asked.emulator.faults.add(Fault(kind="body", body=answer, times=1))

    outcome = await asked.take_turn(session, rules, skill)
    following = await asked.take_turn(copy(session), ReplyRules(), None)  # as it is kept between turns: JSON

    asked.check(outcome)
    assert isinstance(following, dict), following
    assert following["messages"] == ["Your parcel is on its way."]


@pytest.mark.asyncio(loop_scope="module")
async def test_anything_may_stand_in_any_place(asked: Asked) -> None:
    """Go through all of them: a reader that stumbles over one kind of value in one place is found without luck."""
    spoiled = 0
    for answer in read_answers(asked.name):
        for place in find_places(answer):
            for wrong in WRONG:
                asked.check(asked.read(put(answer, place, wrong), ReplyRules(), "human_skill"))
                spoiled += 1

    assert spoiled > 2000
