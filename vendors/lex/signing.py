"""Sign a request with AWS's own C signer (signature version 4)."""

import time
from datetime import UTC, datetime
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


class Signer:
    """Signs requests with one set of keys, for one region."""

    def __init__(self, keys: AwsCredentialsProvider, region: str) -> None:
        self._keys = keys
        self._region = region
        self._second = -1
        self._config: AwsSigningConfig | None = None

    def sign(self, host: str, path: str, body: bytes) -> dict[str, str]:
        """Give the headers of a signed POST of JSON, all but Host. Host and path are signed: send them as they are here."""
        headers = HttpHeaders([("Host", host), ("Content-Type", "application/json")])
        request = HttpRequest("POST", path, headers, BytesIO(body))
        # With keys at hand the signer works in this thread and is done when it returns: some 15 us.
        aws_sign_request(request, self._get_config()).result(timeout=1)
        return {name: value for name, value in headers if name != "Host"}

    def _get_config(self) -> AwsSigningConfig:
        """Give this second's: a signature tells its time in seconds, so all of one second are alike but for the request."""
        second = int(time.time())
        if self._config is None or second != self._second:
            self._second = second
            self._config = AwsSigningConfig(
                algorithm=AwsSigningAlgorithm.V4,
                signature_type=AwsSignatureType.HTTP_REQUEST_HEADERS,
                credentials_provider=self._keys,
                region=self._region,
                service=SERVICE,
                date=datetime.fromtimestamp(second, UTC),
                use_double_uri_encode=True,
                should_normalize_uri_path=True,
            )
        return self._config
