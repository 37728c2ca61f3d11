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
from yarl import URL

SERVICE: Final = "lex"
"""The service's name in signatures; its host begins otherwise."""


def make_keys(access_key: str, secret_key: str, token: str | None) -> AwsCredentialsProvider:
    """Hand keys to the signer."""
    return AwsCredentialsProvider.new_static(access_key, secret_key, token)


def sign(url: URL, body: bytes, *, keys: AwsCredentialsProvider, region: str) -> dict[str, str]:
    """Give the headers of a signed POST of JSON. The URL's path is signed as it stands, so it must be sent as it stands."""
    # The Host that aiohttp sends for this URL: it is part of what is signed.
    headers = HttpHeaders([("Host", url.host_port_subcomponent or ""), ("Content-Type", "application/json")])
    request = HttpRequest("POST", url.raw_path, headers, BytesIO(body))
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
    return dict(headers)
