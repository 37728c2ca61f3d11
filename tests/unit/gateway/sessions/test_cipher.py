"""Encryption of what a store keeps; what a sealed value looks like is tested with sealing."""

import pytest

from gateway.sessions.cipher import Cipher

KEY, NAME, ABOUT, CONTENT = "a store key of some length", "conversation/1", b"\x01e", b"what was said"


def test_what_was_encrypted_can_be_decrypted() -> None:
    assert Cipher(KEY).decrypt(NAME, Cipher(KEY).encrypt(NAME, CONTENT, ABOUT), ABOUT) == CONTENT


def test_no_two_are_alike() -> None:
    cipher = Cipher(KEY)
    assert cipher.encrypt(NAME, CONTENT, ABOUT) != cipher.encrypt(NAME, CONTENT, ABOUT)


@pytest.mark.parametrize(
    ("key", "name", "about"),
    [("another key of that length", NAME, ABOUT), (KEY, "conversation/2", ABOUT), (KEY, NAME, b"\x02e")],
    ids=["key", "name", "about"],
)
def test_of_another_key_or_name_nothing_can_be_read(key: str, name: str, about: bytes) -> None:
    assert Cipher(key).decrypt(name, Cipher(KEY).encrypt(NAME, CONTENT, ABOUT), about) is None


@pytest.mark.parametrize("length", [0, 5, 12, 28, 40])
def test_what_is_cut_off_is_not_read(length: int) -> None:
    cipher = Cipher(KEY)
    assert cipher.decrypt(NAME, cipher.encrypt(NAME, CONTENT, ABOUT)[:length], ABOUT) is None
