import hashlib
from collections.abc import Container

import jwt
import pytest

from gateway.console.sign_in import SESSION_TIME, Operators, Session
from gateway.contract.errors import RequestRefused
from tests.fakes import FakeClock

TOKEN = "the-token-of-an-operator"
OTHER = "the-token-of-another-one"
DIGEST = "sha256:" + hashlib.sha256(TOKEN.encode()).hexdigest()
HERE = "192.0.2.1"


def make_operators(
    *tokens: str, clock: FakeClock | None = None, salt: bytes = b"salt", signed_out: Container[str] = ()
) -> Operators:
    return Operators(tokens or (TOKEN,), salt=salt, signed_out=signed_out, clock=clock or FakeClock())


def refusal(operators: Operators, token: str, address: str = HERE) -> tuple[int, str, float | None]:
    with pytest.raises(RequestRefused) as raised:
        operators.sign_in(token, address=address)
    return raised.value.status, raised.value.message, raised.value.retry_after


def is_good(operators: Operators, cookie: str | None) -> bool:
    try:
        operators.read(cookie)
    except RequestRefused as refused:
        assert refused.status == 401  # noqa: PT017 - anything else is no answer to a bad cookie
        return False
    return True


@pytest.mark.parametrize("tokens", [(TOKEN,), (OTHER, TOKEN), (DIGEST,), (OTHER, DIGEST.upper().replace("SHA", "sha"))])
def test_a_token_begins_a_session_of_half_a_day(tokens: tuple[str, ...]) -> None:
    clock = FakeClock(5000.5)
    operators = make_operators(*tokens, clock=clock)
    session, cookie = operators.sign_in(TOKEN, address=HERE)
    assert session.expires == 5000 + SESSION_TIME
    clock.advance(SESSION_TIME - 1)
    assert operators.read(cookie) == session
    clock.advance(1)
    assert not is_good(operators, cookie)


@pytest.mark.parametrize(
    "token", ["", "x", TOKEN + " ", TOKEN.upper(), DIGEST, DIGEST.removeprefix("sha256:"), "\udc80"]
)
def test_no_other_token_does(token: str) -> None:
    assert refusal(make_operators(TOKEN, DIGEST), token) == (401, "This is not an operator's token.", None)


def test_every_sign_in_is_a_session_of_its_own() -> None:
    operators = make_operators()
    assert operators.sign_in(TOKEN, address=HERE)[0].id != operators.sign_in(TOKEN, address=HERE)[0].id


def test_workers_know_each_others_cookies_and_a_changed_token_ends_its_sessions() -> None:
    _, cookie = make_operators(TOKEN).sign_in(TOKEN, address=HERE)
    assert is_good(make_operators(OTHER, TOKEN, salt=b"of another start"), cookie)
    assert not is_good(make_operators(OTHER), cookie)


def test_who_has_read_a_digest_cannot_make_a_cookie() -> None:
    _, cookie = make_operators(DIGEST, salt=b"salt").sign_in(TOKEN, address=HERE)
    assert is_good(make_operators(DIGEST, salt=b"salt"), cookie)
    assert not is_good(make_operators(DIGEST, salt=b"what a stranger guesses"), cookie)


def test_a_session_that_was_signed_out_of_is_over() -> None:
    ended: set[str] = set()
    operators = make_operators(signed_out=ended)
    session, cookie = operators.sign_in(TOKEN, address=HERE)
    assert is_good(operators, cookie)
    ended.add(session.id)
    assert operators.is_over(session)
    assert not is_good(operators, cookie)


def test_a_forged_cookie_is_refused() -> None:
    operators = make_operators()
    _, cookie = operators.sign_in(TOKEN, address=HERE)
    header, claims, signature = cookie.split(".")
    kid = jwt.get_unverified_header(cookie)["kid"]
    content = jwt.decode(cookie, options={"verify_signature": False})
    forged = {
        "none": None,
        "empty": "",
        "garbage": "x",
        "dots": "..",
        "not ASCII": "é.é.é",
        "no signature": f"{header}.{claims}.",
        "another signature": f"{header}.{claims}.{'A' * len(signature)}",
        "another key": jwt.encode(content, b"k" * 32, headers={"kid": kid}),
        "the token as key": jwt.encode(content, TOKEN.ljust(32, "\0"), headers={"kid": kid}),
        "no algorithm": jwt.encode(content, "", algorithm="none", headers={"kid": kid}),
        "another algorithm": jwt.encode(content, b"k" * 64, algorithm="HS512", headers={"kid": kid}),
        "no operator": jwt.encode(content, b"k" * 32),
        "unknown operator": jwt.encode(content, b"k" * 32, headers={"kid": "nobody"}),
    }
    assert [name for name, value in forged.items() if is_good(operators, value)] == []
    assert is_good(operators, cookie)


def test_ten_wrong_tokens_in_a_minute_close_the_door_to_an_address() -> None:
    clock = FakeClock()
    operators = make_operators(clock=clock)
    for _ in range(10):
        assert refusal(operators, "wrong")[0] == 401
        clock.advance(1)
    assert refusal(operators, "wrong") == (429, "Too many wrong tokens: wait.", 50.0)
    assert refusal(operators, TOKEN)[0] == 429
    assert isinstance(operators.sign_in(TOKEN, address="192.0.2.2")[0], Session)
    clock.advance(50)
    assert isinstance(operators.sign_in(TOKEN, address=HERE)[0], Session)


def test_wrong_tokens_that_are_far_between_do_not() -> None:
    clock = FakeClock()
    operators = make_operators(clock=clock)
    for _ in range(30):
        assert refusal(operators, "wrong")[0] == 401
        clock.advance(6.1)


def test_a_caller_s_ipv6_network_is_one_address() -> None:
    operators = make_operators()
    for number in range(10):
        refusal(operators, "wrong", f"2001:db8::{number}")
    assert refusal(operators, "wrong", "2001:db8::abcd")[0] == 429
    assert refusal(operators, "wrong", "2001:db8:0:1::1")[0] == 401


def test_an_ipv4_address_is_the_same_however_it_is_written() -> None:
    operators = make_operators()
    for _ in range(10):
        refusal(operators, "wrong", "::ffff:192.0.2.1")
    assert refusal(operators, "wrong", HERE)[0] == 429
    assert refusal(operators, "wrong", "")[0] == 401


def test_of_too_many_addresses_the_longest_silent_is_forgotten() -> None:
    operators = make_operators()
    for _ in range(10):
        refusal(operators, "wrong", HERE)
    for number in range(1024):
        refusal(operators, "wrong", f"10.0.{number // 256}.{number % 256}")
    assert refusal(operators, "wrong", HERE)[0] == 401
