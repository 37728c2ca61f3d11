"""Sign a request with AWS's own C signer (signature version 4)."""

from io import BytesIO
from typing import Final

from awscrt.auth import (
    AwsCredentialsProvider,
    AwsSignatureType,
    AwsSigningAlgorithm,
    AwsSigningConfig,
    aws_sign_request,
)
from awscrt.http import HttpHeaders, HttpRequest

SERVICE: Final = "lex"
"""The service's name in signatures; its host begins otherwise."""


def make_keys(access_key: str, secret_key: str, token: str | None) -> AwsCredentialsProvider:
    """Hand keys to the signer."""
    return AwsCredentialsProvider.new_static(access_key, secret_key, token)


def sign(host: str, path: str, body: bytes, *, keys: AwsCredentialsProvider, region: str) -> dict[str, str]:
    """Give the headers of a signed POST of JSON, all but Host. Host and path are signed: send them as they are here."""
    headers = HttpHeaders([("Host", host), ("Content-Type", "application/json")])
    request = HttpRequest("POST", path, headers, BytesIO(body))
    config = AwsSigningConfig(
        algorithm=AwsSigningAlgorithm.V4,
        signature_type=AwsSignatureType.HTTP_REQUEST_HEADERS,
        credentials_provider=keys,
        region=region,
        service=SERVICE,
        use_double_uri_encode=True,
        should_normalize_uri_path=True,
    )
    # With keys at hand the signer works in this thread and is done when it returns: some 25 us.
    aws_sign_request(request, config).result(timeout=1)
    return {name: value for name, value in headers if name != "Host"}
