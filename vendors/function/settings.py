"""What an account file may say of a function bot.

Source: docs/contract/vendors/function.md, "Configuration". A callable is imported when the file is checked, which is how
`botbridge check` finds one that does not exist.
"""

import re
from typing import TYPE_CHECKING, Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from gateway.contract.reach import split_url
from gateway.contract.targets import CallableNotFound, load_callable

if TYPE_CHECKING:
    from vendors.addresses import FunctionAddress

_BASICS: Final = ("client_id", "client_secret", "base_url", "account_id")
_LAMBDA_KEYS: Final = (*_BASICS, "token_url")
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FRAMING: Final = frozenset({"content-type", "content-length", "transfer-encoding", "connection", "host"})
"""Headers that say how a request is sent, which is botbridge's to say."""


def _check_url(value: str) -> str:
    """Let https through, and http to this machine."""
    if re.search(r"\s", value):
        raise ValueError("must be a whole URL: https://…")
    parts = split_url(value)
    if parts.username is not None or parts.fragment:
        raise ValueError("must have neither credentials (use headers) nor a fragment")
    return value


def _check_base(value: str) -> str:
    """Let the address of a server through, which paths are put behind."""
    if "?" in _check_url(value):
        raise ValueError("must have no query")
    return value


def _check_secret(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().strip():
        raise ValueError("must not be blank")
    return secret


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


Headers = Annotated[dict[str, SecretStr], AfterValidator(_check_headers)]
WebUrl = Annotated[str, AfterValidator(_check_url)]
"""https, or http to this machine."""
PathPart = Annotated[str, Field(pattern="^[A-Za-z0-9-]{1,64}$")]


class LambdaKeys(BaseModel):
    """The keys that name a LivePerson Function and the client that may call it; bots and hooks have them."""

    lambda_uuid: PathPart | None = Field(default=None, description="a LivePerson Function, called from outside")
    client_id: Annotated[str, Field(pattern=r"\S")] | None = Field(
        default=None, description="with lambda_uuid: the OAuth client, which may invoke functions"
    )
    client_secret: Annotated[SecretStr, AfterValidator(_check_secret)] | None = Field(
        default=None, description="with lambda_uuid: the client's secret"
    )
    base_url: Annotated[str, AfterValidator(_check_base)] | None = Field(
        default=None, description="with lambda_uuid: the functions' gateway, such as https://va.faasgw.liveperson.net"
    )
    account_id: PathPart | None = Field(default=None, description="with lambda_uuid: the account that has the function")
    token_url: WebUrl | None = Field(
        default=None, description="with lambda_uuid: the token endpoint, where it does not follow from base_url"
    )

    def check_lambda_keys(self) -> None:
        """Raise ValueError unless the keys are all there with lambda_uuid, and none without."""
        if self.lambda_uuid is None:
            if strays := [key for key in _LAMBDA_KEYS if getattr(self, key) is not None]:
                raise ValueError(f"{', '.join(strays)} can only be given with lambda_uuid")
        elif missing := [key for key in _BASICS if getattr(self, key) is None]:
            raise ValueError(f"lambda_uuid needs {', '.join(missing)} as well")

    def find_address(self) -> "FunctionAddress | None":
        """Give the function's address, None without lambda_uuid."""
        from vendors.addresses import FunctionAddress  # noqa: PLC0415 - with yarl, which checking does not need

        needed = (self.lambda_uuid, self.client_id, self.client_secret, self.base_url, self.account_id)
        match needed:
            case (str(uuid), str(client_id), SecretStr() as secret, str(base_url), str(account_id)):
                return FunctionAddress(
                    lambda_uuid=uuid,
                    account_id=account_id,
                    base_url=base_url,
                    token_url=self.token_url,
                    client_id=client_id,
                    client_secret=secret.get_secret_value(),
                )
            case _:
                return None


class FunctionSettings(LambdaKeys):
    """Which function: exactly one of `callable`, `url` and `lambda_uuid`."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    callable: Annotated[str, AfterValidator(_check_callable)] | None = Field(
        default=None, description="module:function, called in process with the payload"
    )
    url: WebUrl | None = Field(
        default=None, description="a service that speaks the contract: https, or http to this machine"
    )
    headers: Headers = Field(default_factory=dict, description="sent with each call of the url; values may be secrets")

    @property
    def modules(self) -> tuple[str, ...]:
        """What must be imported before the bot can be called: the module of its callable."""
        return () if self.callable is None else (self.callable.partition(":")[0],)

    @model_validator(mode="after")
    def _check_one_target(self) -> Self:
        if sum(target is not None for target in (self.callable, self.url, self.lambda_uuid)) != 1:
            raise ValueError("exactly one of callable, url and lambda_uuid must be given")
        self.check_lambda_keys()
        if self.headers and self.url is None:
            raise ValueError("headers can only be given with url")
        return self
