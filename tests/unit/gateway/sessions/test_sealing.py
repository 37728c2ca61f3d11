import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sessions.sealing import MIN_KEY, Seal, UnreadableValue

KEY = "a key of the store"
SEALS = {"plain": Seal(), "encrypted": Seal(KEY)}


@pytest.mark.parametrize("form", SEALS)
@given(name=st.text(), content=st.binary())
def test_what_was_closed_opens(form: str, name: str, content: bytes) -> None:
    seal = SEALS[form]
    assert seal.open(name, seal.close(name, content)) == content


def test_the_forms_are_as_described() -> None:
    assert Seal().close("n", b"content") == b"\x01pcontent"
    encrypted = Seal(KEY).close("n", b"content")
    assert encrypted[:2] == b"\x01e"
    assert len(encrypted) == 2 + 12 + len(b"content") + 16
    assert encrypted != Seal(KEY).close("n", b"content")


def test_every_process_with_the_key_reads_it() -> None:
    assert Seal(KEY).open("n", Seal(KEY).close("n", b"content")) == b"content"


@pytest.mark.parametrize(
    ("seal", "value", "reason"),
    [
        (Seal(), Seal(KEY).close("n", b"content"), "encrypted"),
        (Seal(KEY), Seal().close("n", b"content"), "not encrypted"),
        (Seal(KEY), Seal("another key of it").close("n", b"content"), "another key, or damaged"),
        (Seal(KEY), Seal(KEY).close("m", b"content"), "another key, or damaged"),
        (Seal(KEY), Seal(KEY).close("n", b"content")[:-1], "another key, or damaged"),
        (Seal(KEY), b"\x01e", "another key, or damaged"),
        (Seal(KEY), b"\x01e" + bytes(12), "another key, or damaged"),
        (Seal(KEY), b"\x02e" + bytes(60), "another version"),
        (Seal(), b"\x02pcontent", "another version"),
        (Seal(), b"\x01", "another version"),
        (Seal(), b"", "another version"),
    ],
    # Without names the ids would hold the values, which are random.
    ids=[
        "no-key",
        "no-encryption",
        "other-key",
        "other-name",
        "cut-off",
        "head-only",
        "no-content",
        "new-encrypted",
        "new-plain",
        "one-byte",
        "nothing",
    ],
)
def test_anything_else_is_refused_with_the_reason(seal: Seal, value: bytes, reason: str) -> None:
    with pytest.raises(UnreadableValue) as refused:
        seal.open("n", value)
    assert str(refused.value) == reason


@given(value=st.binary(max_size=80))
def test_no_bytes_do_worse_than_be_refused(value: bytes) -> None:
    for seal in SEALS.values():
        try:
            opened = seal.open("n", value)
        except UnreadableValue:
            continue
        assert value == b"\x01p" + opened


@pytest.mark.parametrize("key", ["", "k" * (MIN_KEY - 1)])
def test_a_short_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=f"at least {MIN_KEY} characters"):
        Seal(key)


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("", "cae66941d9efbd404e4d88758ea67670"),
        ("conversation/1/bot/my name", "6c934d932bfd3dfbdcae2baab147570e"),
        ("lone \ud800", "447a5236a924d0b630a8d16ab239dd82"),
    ],
)
def test_a_hidden_name_is_the_same_in_every_version(name: str, hidden: str) -> None:
    assert Seal.hide(name) == hidden
