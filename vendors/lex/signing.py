"""Sign a request with AWS's own C signer (signature version 4).

A request is an object of AWS's, which is signed again and again with another path and body, and the signer's binding is called
without the future that `awscrt.auth.aws_sign_request` makes for each signature: both together took a third of one. So the
minor version is pinned, and tests/unit/vendors/lex/test_signing.py compares each signature with that function's own.
"""

import time
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

import _awscrt
from awscrt.auth import AwsCredentialsProvider, AwsSignatureType, AwsSigningAlgorithm, AwsSigningConfig
from awscrt.exceptions import from_code
from awscrt.http import HttpHeaders, HttpRequest
from awscrt.io import InputStream

SERVICE: Final = "lex"
"""The service's name in signatures; its host begins otherwise."""
_CONTENT: Final = ("Content-Type", "application/json")


def make_keys(access_key: str, secret_key: str, token: str | None) -> AwsCredentialsProvider:
    """Hand keys to the signer."""
    return AwsCredentialsProvider.new_static(access_key, secret_key, token)


class Signer:
    """Signs requests to one host with one set of keys, for one region. For one thread."""

    def __init__(self, keys: AwsCredentialsProvider, region: str, host: str) -> None:
        self._keys = keys
        self._region = region
        self.host = host
        """As it stands in the Host header, which is signed."""
        self._request: _Request | None = None
        self._second = -1
        self._config: AwsSigningConfig | None = None

    def sign(self, path: str, body: bytes) -> dict[str, str]:
        """Give the headers of a signed POST of JSON, all but Host. Host and path are signed: send them as they are here.

        Raise what awscrt makes of the signer's problems, and RuntimeError where it is not done when it returns.
        """
        request, self._request = self._request, None
        if request is None:
            request = _Request(self.host)
        headers = request.sign(path, body, self._get_config())
        self._request = request  # one that could not be signed is never used again
        return headers

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


class _Request:
    """A POST of JSON to one host, as the signer wants it."""

    def __init__(self, host: str) -> None:
        self._body = _Body()
        self._headers = HttpHeaders([("Host", host), _CONTENT])
        self._request = HttpRequest("POST", "/", self._headers, self._body)
        self._codes: list[int] = []
        self._end = self._codes.append
        self._added: list[str] = []
        """The names of the headers that make a signature: the same for all with the same keys."""

    def sign(self, path: str, body: bytes, config: AwsSigningConfig) -> dict[str, str]:
        """Sign, and give what `Signer.sign` does; raise as it does. The request is left as it was before."""
        self._body.fill(body)
        self._request.path = path
        # With keys at hand the signer works in this thread, and has called back when it returns.
        _awscrt.sign_request_aws(self._request, config, self._end)
        if not self._codes:
            raise RuntimeError("the signer has not signed at once")
        if code := self._codes.pop():
            raise from_code(code)
        headers = self._headers
        signed = {_CONTENT[0]: _CONTENT[1]}
        for name in self._added or self._find_added():
            signed[name] = headers.get(name)
            headers.remove(name)
        return signed

    def _find_added(self) -> list[str]:
        self._added = [name for name, _ in self._headers if name not in {"Host", _CONTENT[0]}]
        return self._added


class _Body(InputStream):  # type: ignore[misc]  # AWS ships it untyped
    """A body that the signer reads straight from the bytes, without a look at what kind of stream it has."""

    def __init__(self) -> None:
        self._held = BytesIO()
        super().__init__(self._held)
        self._read_into_memoryview = self._held.readinto
        self._seek = self._held.seek

    def fill(self, body: bytes) -> None:
        """Hold these bytes in place of all others."""
        held = self._held
        held.seek(0)
        held.truncate()
        held.write(body)
