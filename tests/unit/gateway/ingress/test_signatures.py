import asyncio
import hashlib
import hmac
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.contract.errors import RequestRefused
from gateway.contract.types import AccountId
from gateway.ingress.signatures import WINDOW, SeenSignatures, Signatures
from tests.fakes import FakeClock

ONE, TWO = AccountId("1"), AccountId("2")
BODY = '{"message":"ü"}'.encode()
NOW = 1_767_225_600
CASES = orjson.loads((Path(__file__).parents[3] / "data/ingress/signatures.json").read_bytes())


def sign(secret: str = "new", moment: object = NOW, body: bytes = BODY) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def header(secret: str = "new", moment: object = NOW, body: bytes = BODY) -> str:
    return f"t={moment},v1={sign(secret, moment, body)}"


def make(clock: FakeClock, *, limit: int = 100) -> Signatures:
    return Signatures({ONE: ["old", "new"], TWO: ["other"]}, SeenSignatures(clock, limit=limit))


async def give_body() -> bytes:
    return BODY


async def verify(signatures: Signatures, text: str, account: AccountId = ONE) -> str | None:
    """Give what is wrong with a signature, None when it is good."""
    try:
        await signatures.verify(text, give_body, account)
    except RequestRefused as refused:
        return refused.message
    return None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_a_header_is_good_or_it_is_said_why_not(case: dict[str, Any]) -> None:
    text = case["header"].format(
        good=sign(), upper=sign().upper(), old=sign("old"), other=sign("other"), body=sign(body=BODY + b" "), zero="0" * 64,
        padded=sign(moment=f"0{NOW}"), early=sign(moment=NOW - 1), now=NOW,
    )  # fmt: skip
    assert await verify(make(FakeClock(NOW)), text) == case.get("problem")


async def test_a_signature_that_does_not_count_is_a_401() -> None:
    with pytest.raises(RequestRefused) as refused:
        await make(FakeClock(NOW)).verify(header("nobody's"), give_body, ONE)
    assert (refused.value.code, refused.value.status) == ("botbridge.error.unauthorized", 401)


@pytest.mark.parametrize("late", [0, 1, WINDOW, -WINDOW])
async def test_clocks_may_differ_by_the_window(late: int) -> None:
    assert await verify(make(FakeClock(NOW + late)), header()) is None


@pytest.mark.parametrize("late", [WINDOW + 1, -WINDOW - 1, 10**9])
async def test_clocks_may_not_differ_by_more(late: int) -> None:
    problem = await verify(make(FakeClock(NOW + late)), header())
    assert problem == "The signature's time is more than 300 s from the gateway's."


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def never_come() -> bytes:
        return await asyncio.Future()

    signatures = Signatures({ONE: ["new"]}, SeenSignatures(FakeClock(NOW)), body_time=0.01)
    with pytest.raises(RequestRefused) as refused:
        await signatures.verify(header(), never_come, ONE)
    assert (refused.value.status, refused.value.message) == (401, "The signed body did not come in time.")
    assert await verify(signatures, header()) is None


@pytest.mark.parametrize("text", ["nonsense", header(moment=NOW - 301)])
async def test_a_body_is_not_read_for_a_header_that_cannot_count(text: str) -> None:
    async def tell() -> bytes:
        raise AssertionError("the body was read")

    with pytest.raises(RequestRefused):
        await make(FakeClock(NOW)).verify(text, tell, ONE)


async def test_each_account_has_its_own_secrets() -> None:
    signatures = make(FakeClock(NOW))
    assert await verify(signatures, header("other"), TWO) is None
    assert await verify(signatures, header("other"), ONE) == "The signature is wrong."
    assert await verify(signatures, header("new"), TWO) == "The signature is wrong."
    assert [signatures.has_secrets(AccountId(name)) for name in "123"] == [True, True, False]


async def test_a_signature_counts_once_for_as_long_as_its_time_is_good() -> None:
    clock = FakeClock(NOW - WINDOW)
    signatures = make(clock)
    found = [await verify(signatures, header())]
    for _ in range(3):
        found.append(await verify(signatures, header()))
        clock.advance(WINDOW)
    assert found == [None, *["The signature has been used before."] * 3]
    assert await verify(signatures, header()) == "The signature's time is more than 300 s from the gateway's."


async def test_a_wrong_signature_is_not_remembered() -> None:
    seen = SeenSignatures(FakeClock(NOW), limit=1)
    signatures = Signatures({ONE: ["new"]}, seen)
    assert await verify(signatures, header()) is None
    assert await verify(signatures, header("nobody's")) == "The signature is wrong."
    assert await verify(signatures, header()) == "The signature has been used before."


async def test_what_is_remembered_survives_new_secrets() -> None:
    seen = SeenSignatures(FakeClock(NOW))
    assert await verify(Signatures({ONE: ["new"]}, seen), header()) is None
    assert await verify(Signatures({ONE: ["new", "newest"]}, seen), header()) == "The signature has been used before."


def test_memory_is_bounded_by_number_and_the_oldest_goes_first() -> None:
    seen = SeenSignatures(FakeClock(NOW), limit=2)
    added = [seen.add(name, NOW + 10) for name in (b"a", b"b", b"c", b"b", b"a")]
    assert added == [True, True, True, False, True]


def test_memory_is_bounded_by_time() -> None:
    clock = FakeClock(NOW)
    seen = SeenSignatures(clock, limit=3)
    assert [seen.add(name, NOW + 10) for name in (b"a", b"b")] == [True, True]
    clock.advance(11)
    # Both are over, so there is room for three that all stay.
    assert [seen.add(name, NOW + 30) for name in (b"c", b"d", b"e")] == [True, True, True]
    assert [seen.add(name, NOW + 30) for name in (b"c", b"d", b"e")] == [False, False, False]
