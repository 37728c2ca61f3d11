import re
from datetime import UTC, datetime

from vendors.lex.signing import Signer, make_keys

HOST = "runtime-v2-lex.eu-west-1.amazonaws.com"
PATH = "/bots/b/sessions/a%3Ab/text"


def test_signed_headers_are_the_whole_request() -> None:
    headers = Signer(make_keys("AKID", "secret", None), "eu-west-1").sign(HOST, PATH, b"{}")
    authorization = headers.pop("Authorization")
    date = headers.pop("X-Amz-Date")
    assert headers == {"Content-Type": "application/json"}
    assert re.fullmatch(
        rf"AWS4-HMAC-SHA256 Credential=AKID/{date[:8]}/eu-west-1/lex/aws4_request, "
        r"SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}",
        authorization,
    )


def test_session_token_goes_along_and_is_signed() -> None:
    headers = Signer(make_keys("AKID", "secret", "token"), "eu-west-1").sign(HOST, PATH, b"{}")
    assert headers["X-Amz-Security-Token"] == "token"
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token," in headers["Authorization"]


def test_a_signature_is_of_its_second() -> None:
    signer = Signer(make_keys("AKID", "secret", None), "eu-west-1")
    before = datetime.now(UTC).replace(microsecond=0)
    dates = [datetime.strptime(signer.sign(HOST, PATH, b"{}")["X-Amz-Date"], "%Y%m%dT%H%M%S%z") for _ in range(2000)]
    assert dates == sorted(dates)
    assert before <= dates[0]
    assert dates[-1] <= datetime.now(UTC)
