import re

from vendors.lex.signing import make_keys, sign

HOST = "runtime-v2-lex.eu-west-1.amazonaws.com"
PATH = "/bots/b/sessions/a%3Ab/text"


def test_signed_headers_are_the_whole_request() -> None:
    headers = sign(HOST, PATH, b"{}", keys=make_keys("AKID", "secret", None), region="eu-west-1")
    authorization = headers.pop("Authorization")
    date = headers.pop("X-Amz-Date")
    assert headers == {"Content-Type": "application/json"}
    assert re.fullmatch(
        rf"AWS4-HMAC-SHA256 Credential=AKID/{date[:8]}/eu-west-1/lex/aws4_request, "
        r"SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}",
        authorization,
    )


def test_session_token_goes_along_and_is_signed() -> None:
    headers = sign(HOST, PATH, b"{}", keys=make_keys("AKID", "secret", "token"), region="eu-west-1")
    assert headers["X-Amz-Security-Token"] == "token"
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token," in headers["Authorization"]
