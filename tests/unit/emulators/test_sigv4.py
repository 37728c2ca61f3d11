from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from multidict import CIMultiDict

from emulators.call import VendorError
from emulators.sigv4 import Identity, Signed, check_signature

if TYPE_CHECKING:
    from botocore.compat import HTTPHeaders

IDENTITY = Identity("AKID", "secret", region="eu-west-1")
URL = "http://127.0.0.1:8000/bots/B/text"
BODY = b'{"text":"hi"}'
NOW = datetime.now(UTC).timestamp()


def sign(*, region: str = "eu-west-1", service: str = "lex", headers: dict[str, str] | None = None) -> Signed:
    given = {"Host": "127.0.0.1:8000", "Content-Type": "application/json", **(headers or {})}
    request = AWSRequest("POST", URL, data=BODY, headers=given)
    SigV4Auth(Credentials("AKID", "secret"), service, region).add_auth(request)
    signed: HTTPHeaders = request.headers
    return Signed("POST", URL, CIMultiDict(signed.items()), BODY)


def altered(signed: Signed, **changes: Any) -> Signed:
    return Signed(
        changes.get("method", signed.method),
        changes.get("url", signed.url),
        CIMultiDict({**signed.headers, **changes.get("headers", {})}),
        changes.get("body", signed.body),
    )


def refusal(signed: Signed, now: float = NOW) -> str:
    with pytest.raises(VendorError) as caught:
        check_signature(signed, IDENTITY, now)
    assert caught.value.status == 403
    return f"{caught.value.name}: {caught.value}"


def test_good_signature_passes() -> None:
    check_signature(sign(), IDENTITY, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "PUT"},
        {"url": URL + "?a=b"},
        {"body": b'{"text":"ho"}'},
        {"headers": {"Content-Type": "text/plain"}},
        {"headers": {"Host": "elsewhere"}},
    ],
)
def test_whatever_is_signed_cannot_be_altered(changes: dict[str, Any]) -> None:
    assert refusal(altered(sign(), **changes)).startswith("InvalidSignatureException")


def test_unsigned_header_may_change() -> None:
    check_signature(altered(sign(), headers={"User-Agent": "other"}), IDENTITY, NOW)


def test_amz_headers_must_be_signed() -> None:
    assert "must be a 'SignedHeader'" in refusal(altered(sign(), headers={"X-Amz-Extra": "1"}))


def test_signed_header_must_be_there() -> None:
    signed = sign()
    headers = CIMultiDict(signed.headers)
    del headers["Content-Type"]
    assert "is not in the request" in refusal(Signed("POST", URL, headers, BODY))


@pytest.mark.parametrize(("shift", "ok"), [(299, True), (-299, True), (302, False), (-302, False)])
def test_clock_may_be_five_minutes_off(shift: int, ok: bool) -> None:
    made = datetime.strptime(sign().headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    if ok:
        check_signature(sign(), IDENTITY, made + shift)
    else:
        assert refusal(sign(), made + shift).startswith("InvalidSignatureException: Signature ")


def test_scope_must_fit() -> None:
    assert "correct service" in refusal(sign(service="execute-api"))
    assert "valid region" in refusal(sign(region="us-east-1"))


def test_stated_hash_must_be_true() -> None:
    assert "not the hash" in refusal(sign(headers={"X-Amz-Content-SHA256": "0" * 64}))


@pytest.mark.parametrize("header", ["Bearer token", "AWS4-HMAC-SHA256 Credential=AKID"])
def test_other_authorization_is_incomplete(header: str) -> None:
    assert refusal(altered(sign(), headers={"Authorization": header})).startswith("IncompleteSignatureException")


def test_date_must_be_there() -> None:
    assert refusal(altered(sign(), headers={"X-Amz-Date": "today"})).startswith("IncompleteSignatureException")
