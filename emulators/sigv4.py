"""Check an AWS signature (version 4) by computing it again with botocore."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from emulators.call import VendorError

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE = "lex"
MAX_SKEW = 300
"""Seconds that a signature may be off: https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html"""

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,]+)/(?P<date>\d{8})/(?P<region>[^/,]+)/(?P<service>[^/,]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The one caller an emulator knows."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None
    region: str | None = None
    """When given, the only region that a request may be signed for."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The parts of a request that a signature covers."""

    method: str
    url: str
    """Absolute; the path exactly as it was on the wire."""
    headers: Mapping[str, str]
    """Case-insensitive."""
    body: bytes


class _Recomputed(SigV4Auth):  # type: ignore[misc]  # botocore has no types
    """Signs exactly the headers that the caller signed, where botocore would choose them itself."""

    def __init__(self, identity: Identity, region: str, names: list[str]) -> None:
        credentials = Credentials(identity.access_key_id, identity.secret_access_key, identity.session_token)
        super().__init__(credentials, SERVICE, region)
        self._names = names

    def headers_to_sign(self, request: Any) -> Any:
        chosen = HTTPHeaders()
        for name in self._names:
            chosen[name] = request.headers[name]
        return chosen


def check_signature(signed: Signed, identity: Identity, now: float) -> None:
    """Raise the error that AWS would answer with, unless the signature is that of the identity, made just now.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    header = signed.headers.get("Authorization")
    if header is None:
        raise VendorError(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    found = _AUTHORIZATION.fullmatch(header.strip())
    if found is None:
        raise VendorError(403, "IncompleteSignatureException", "Authorization header is not a complete SigV4 signature")
    names = found["headers"].split(";")
    timestamp = signed.headers.get("X-Amz-Date", "")
    _check_identity(signed, identity, found)
    _check_scope(identity, found, timestamp, now)
    _check_coverage(signed, names)
    request = AWSRequest(
        method=signed.method,
        url=signed.url,
        data=signed.body,
        headers={name: signed.headers[name] for name in {*names, *_body_hash(signed)}},
    )
    request.context["timestamp"] = timestamp
    auth = _Recomputed(identity, found["region"], names)
    expected = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    if not hmac.compare_digest(expected, found["signature"]):
        raise VendorError(
            403,
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.",
        )


def _check_identity(signed: Signed, identity: Identity, found: re.Match[str]) -> None:
    token = signed.headers.get("X-Amz-Security-Token")
    if found["key"] != identity.access_key_id or token != identity.session_token:
        raise VendorError(403, "UnrecognizedClientException", "The security token included in the request is invalid.")


def _check_scope(identity: Identity, found: re.Match[str], timestamp: str, now: float) -> None:
    if found["service"] != SERVICE:
        raise VendorError(
            403, "InvalidSignatureException", f"Credential should be scoped to correct service: '{SERVICE}'."
        )
    if identity.region not in (None, found["region"]):
        raise VendorError(403, "InvalidSignatureException", "Credential should be scoped to a valid region.")
    try:
        made = datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise VendorError(403, "IncompleteSignatureException", "X-Amz-Date is missing or malformed") from None
    if timestamp[:8] != found["date"]:
        raise VendorError(
            403, "InvalidSignatureException", "Date in Credential scope does not match YYYYMMDD of X-Amz-Date."
        )
    if made < now - MAX_SKEW:
        raise VendorError(403, "InvalidSignatureException", f"Signature expired: {timestamp} is too old")
    if made > now + MAX_SKEW:
        raise VendorError(403, "InvalidSignatureException", f"Signature not yet current: {timestamp} is too far ahead")


def _check_coverage(signed: Signed, names: list[str]) -> None:
    """Host and every x-amz header must be signed, every signed header must be there, and a stated hash must be true."""
    required = {"host", *(name.lower() for name in signed.headers if name.lower().startswith("x-amz-"))}
    if missing := sorted(required - set(names)):
        raise VendorError(
            403, "InvalidSignatureException", f"'{missing[0]}' must be a 'SignedHeader' in the Authorization"
        )
    if absent := [name for name in names if name not in signed.headers]:
        raise VendorError(403, "InvalidSignatureException", f"the signed header '{absent[0]}' is not in the request")
    stated = signed.headers.get("X-Amz-Content-SHA256")
    if stated is not None and stated != sha256(signed.body).hexdigest():
        raise VendorError(403, "InvalidSignatureException", "x-amz-content-sha256 is not the hash of the body")


def _body_hash(signed: Signed) -> list[str]:
    return [name for name in ("x-amz-content-sha256",) if name in signed.headers]
