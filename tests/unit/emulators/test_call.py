from __future__ import annotations

import pytest

from emulators.call import decode


@pytest.mark.parametrize(
    ("content_type", "raw", "expected"),
    [
        ("application/json", b'{"a":[1]}', {"a": [1]}),
        ("text/plain", b'{"a":1}', {"a": 1}),
        ("application/json", b"{", "{"),
        ("application/json", b"\xff", "\ufffd"),
        ("application/json", b"", None),
        ("application/x-www-form-urlencoded", b"a=1&b=%20", {"a": "1", "b": " "}),
    ],
)
def test_bodies_are_decoded_for_the_record(content_type: str, raw: bytes, expected: object) -> None:
    assert decode(content_type, raw) == expected
