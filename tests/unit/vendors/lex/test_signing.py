import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from awscrt.auth import aws_sign_request
from awscrt.exceptions import AwsCrtError
from awscrt.http import HttpHeaders, HttpRequest
from hypothesis import given
from hypothesis import strategies as st

from vendors.lex.signing import Signer, make_keys

HOST = "runtime-v2-lex.eu-west-1.amazonaws.com"
PATH = "/bots/b/sessions/a%3Ab/text"


def make_signer(token: str | None = None) -> Signer:
    return Signer(make_keys("AKID", "secret", token), "eu-west-1", HOST)


def sign_alone(config: Any, path: str, body: bytes) -> dict[str, str]:
    """Sign a request that is nothing but this one, by AWS's documented function."""
    headers = HttpHeaders([("Host", HOST), ("Content-Type", "application/json")])
    aws_sign_request(HttpRequest("POST", path, headers, BytesIO(body)), config).result(timeout=1)
    return {name: value for name, value in headers if name != "Host"}


def test_signed_headers_are_the_whole_request() -> None:
    headers = make_signer().sign(PATH, b"{}")
    authorization = headers.pop("Authorization")
    date = headers.pop("X-Amz-Date")
    assert headers == {"Content-Type": "application/json"}
    assert re.fullmatch(
        rf"AWS4-HMAC-SHA256 Credential=AKID/{date[:8]}/eu-west-1/lex/aws4_request, "
        r"SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}",
        authorization,
    )


def test_session_token_goes_along_and_is_signed() -> None:
    headers = make_signer("token").sign(PATH, b"{}")
    assert headers["X-Amz-Security-Token"] == "token"
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token," in headers["Authorization"]


@pytest.mark.parametrize("token", [None, "token"])
@given(
    requests=st.lists(
        st.tuples(st.from_regex(r"/[a-z0-9%._~-]{0,40}/text", fullmatch=True), st.binary(max_size=9000)),
        min_size=2,
        max_size=4,
    )
)
def test_a_request_used_again_is_signed_as_one_of_its_own(token: str | None, requests: list[tuple[str, bytes]]) -> None:
    signer = make_signer(token)

    for path, body in requests:
        signed = signer.sign(path, body)
        assert signed == sign_alone(signer._config, path, body)


def test_a_request_that_could_not_be_signed_is_not_used_again() -> None:
    signer = make_signer()
    signer.sign(PATH, b"{}")
    assert signer._request is not None
    signer._request._headers.add("Authorization", "of another signature")
    with pytest.raises(AwsCrtError, match="AWS_AUTH_SIGNING_ILLEGAL_REQUEST_HEADER"):
        signer.sign(PATH, b"[]")

    signed = signer.sign(PATH, b"{}")

    assert signed == sign_alone(signer._config, PATH, b"{}")


def test_a_signature_is_of_its_second() -> None:
    signer = make_signer()
    before = datetime.now(UTC).replace(microsecond=0)
    dates = [datetime.strptime(signer.sign(PATH, b"{}")["X-Amz-Date"], "%Y%m%dT%H%M%S%z") for _ in range(2000)]
    assert dates == sorted(dates)
    assert before <= dates[0]
    assert dates[-1] <= datetime.now(UTC)
