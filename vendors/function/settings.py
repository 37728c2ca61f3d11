"""What an account file may say of a function bot.

Source: docs/contract/vendors/function.md, "Configuration". A callable is imported when the file is checked, which is how
`botbridge check` finds one that does not exist.
"""

import ipaddress
import re
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from gateway.contract.callables import CallableNotFound, load_callable

LAMBDA_NOT_AVAILABLE: Final = "lambda_uuid is not available in this version; use url or callable"
_LAMBDA_KEYS: Final = ("client_id", "client_secret", "base_url", "account_id")
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FRAMING: Final = frozenset({"content-type", "content-length", "transfer-encoding", "connection", "host"})
"""Headers that say how a request is sent, which is botbridge's to say."""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_url(value: str) -> str:
    """Let https through, and http to this machine."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if not host or parts.scheme not in {"https", "http"} or re.search(r"\s", value):
        raise ValueError("must be a whole URL: https://…")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError("must be https (http only to this machine)")
    if parts.username is not None or parts.fragment:
        raise ValueError("must have neither credentials (use headers) nor a fragment")
    return value


def _check_callable(value: str) -> str:
    try:
        load_callable(value, arguments=1)
    except CallableNotFound as error:
        raise ValueError(str(error)) from None
    return value


def _check_headers(headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of a header")
        if name.lower() in _FRAMING:
            raise ValueError(f"{name} is set by botbridge")
        if not value.get_secret_value().isprintable():
            raise ValueError(f"the value of {name} must be one line of text")
    return headers


class FunctionSettings(BaseModel):
    """Which function: exactly one of `callable`, `url` and `lambda_uuid`."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    callable: Annotated[str, AfterValidator(_check_callable)] | None = Field(
        default=None, description="module:function, called in process with the payload"
    )
    url: Annotated[str, AfterValidator(_check_url)] | None = Field(
        default=None, description="a service that speaks the contract: https, or http to this machine"
    )
    headers: Annotated[dict[str, SecretStr], AfterValidator(_check_headers)] = Field(
        default_factory=dict, description="sent with each call of the url; values may be secrets"
    )
    lambda_uuid: str | None = Field(default=None, description="not available in this version")
    client_id: str | None = Field(default=None, description="belongs to lambda_uuid")
    client_secret: SecretStr | None = Field(default=None, description="belongs to lambda_uuid")
    base_url: str | None = Field(default=None, description="belongs to lambda_uuid")
    account_id: str | None = Field(default=None, description="belongs to lambda_uuid")

    @model_validator(mode="after")
    def _check_one_target(self) -> Self:
        if self.lambda_uuid is not None:
            raise ValueError(LAMBDA_NOT_AVAILABLE)
        if (self.callable is None) == (self.url is None):
            raise ValueError("exactly one of callable and url must be given")
        if strays := [key for key in _LAMBDA_KEYS if getattr(self, key) is not None]:
            raise ValueError(f"{', '.join(strays)} can only be given with lambda_uuid")
        if self.headers and self.url is None:
            raise ValueError("headers can only be given with url")
        return self
