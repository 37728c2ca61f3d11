"""The shape of an account file (docs/accounts.md), as strict models: unknown keys are refused, and nothing is converted.

The docstring of an attribute is the description that editors show, by way of the JSON Schema.
"""

import ipaddress
import re
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SecretStr,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from config.problems import suggest
from gateway.contract.reach import is_loopback
from gateway.contract.types import Channel, StructuredContentMode
from vendors.function.settings import Headers, LambdaKeys, WebUrl
from vendors.registry import VENDORS

NAME: Final = "^[A-Za-z0-9-]{1,36}$"
"""LivePerson's rule for a botId (docs/contract/custom-endpoint.md, "Configuration on LivePerson's side")."""
FILLED: Final = r"\S"
TARGET: Final = r"^[^\s:]+:[^\s:]+$"
ADDRESS: Final = "^https?://"
KEY: Final = "^(?!sha256:)|^sha256:[0-9a-fA-F]{64}$"
"""An API key, or its digest."""


def _check_vendor(name: str) -> str:
    if name not in VENDORS:
        raise ValueError(f"is not a vendor ({', '.join(VENDORS)}){suggest(name, VENDORS)}")
    return name


def _check_secret(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().strip():
        raise ValueError("must not be blank")
    return secret


def _check_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise ValueError("is not a URL") from None
    if not host:
        raise ValueError("is not a URL")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("must be an https:// URL; http:// only reaches loopback")
    return url


def _check_key(secret: SecretStr) -> SecretStr:
    if not re.search(KEY, _check_secret(secret).get_secret_value()):
        raise ValueError("must have 64 hexadecimal digits after sha256:")
    return secret


def _check_private_host(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        if not re.search(HOST_NAME, host):
            raise ValueError("must be a host's name or address, in lower case, without a port") from None
    return host


HOST_NAME: Final = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"
"""In lower case, no wildcard, no port (docs/contract/structured-content.md)."""

Name = Annotated[str, Field(pattern=NAME)]
PrivateHost = Annotated[str, AfterValidator(_check_private_host)]
HostName = Annotated[str, Field(pattern=HOST_NAME)]
Filled = Annotated[str, Field(pattern=FILLED)]
Target = Annotated[str, Field(pattern=TARGET)]
ApiKey = Annotated[
    SecretStr, AfterValidator(_check_key), WithJsonSchema({"type": "string", "pattern": KEY, "minLength": 1})
]
Secret = Annotated[SecretStr, AfterValidator(_check_secret)]
Vendor = Annotated[str, AfterValidator(_check_vendor), WithJsonSchema({"type": "string", "enum": list(VENDORS)})]
Address = Annotated[str, Field(pattern=ADDRESS), AfterValidator(_check_address)]
Count = Annotated[int, Field(ge=1)]
Duration = Annotated[float, Field(gt=0)]
"""Seconds, more than none."""
Pause = Annotated[float, Field(ge=0)]
"""Seconds, or none."""


class Section(BaseModel):
    """A mapping of an account file."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )


class HookSpec(LambdaKeys, Section):
    """One hook: `module:function`, or a mapping with exactly one of `use`, `url` and `lambda_uuid`."""

    use: Target | None = None
    """The hook, as module:function."""
    options: dict[str, Any] = Field(default_factory=dict, alias="with")
    """With use: options that the hook finds in ctx.options."""
    url: WebUrl | None = None
    """A service that gets the payload by POST and gives it back: https, or http to this machine."""
    headers: Headers = {}
    """With url: sent with each call; values may be secrets."""

    @model_validator(mode="before")
    @classmethod
    def _read_short_form(cls, value: Any) -> Any:
        return {"use": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _check_one_target(self) -> "HookSpec":
        if sum(target is not None for target in (self.use, self.url, self.lambda_uuid)) != 1:
            raise ValueError("must have exactly one of use, url and lambda_uuid")
        self.check_lambda_keys()
        if self.options and self.use is None:
            raise ValueError("with can only be given with use")
        if self.headers and self.url is None:
            raise ValueError("headers can only be given with url")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Offer both forms to editors."""
        long_form = handler.resolve_ref_schema(handler(schema))
        return {
            "anyOf": [{"type": "string", "pattern": TARGET}, long_form],
            "description": long_form.pop("description"),
        }


class Hooks(Section):
    """Functions of one's own around the call of the vendor; those of a list run in its order."""

    pre: list[HookSpec] = []
    """Hooks that get the vendor's request before it is sent."""
    post: list[HookSpec] = []
    """Hooks that get the vendor's answer before it is read."""
    error: list[HookSpec] = []
    """Hooks that are told of every error of the bot."""
    timeout: Duration = 2.0
    """Seconds that each hook may take."""
    on_failure: Literal["fail", "skip"] = "fail"
    """What becomes of the turn when a pre or post hook fails: it fails too, or goes on without that hook."""
    allow_private: list[PrivateHost] = []
    """Hosts of hooks (names or addresses) that may have private addresses; those of other hosts must be public."""


NO_HOOKS: Final = Hooks()
"""Of every bot without this section: a default that is a value would be copied for each of them."""


class Retry(Section):
    """How often a vendor is tried again, where trying again is safe; waits grow exponentially, with full jitter."""

    attempts: Count = 3
    """Attempts in all; 1 switches retries off."""
    initial: Pause = 0.2
    """Seconds that the first wait takes at most."""
    maximum: Pause = 2.0
    """Seconds that any wait takes at most."""


class Timeouts(Section):
    """How long a turn may take."""

    attempt: Duration = 10.0
    """Seconds for one attempt at the vendor."""
    total: Duration = 25.0
    """Seconds for the whole turn, retries and hooks included; LivePerson gives a function 30."""


class Breaker(Section):
    """Stops calling a vendor that keeps failing."""

    failures: Count = 5
    """Consecutive failures that open the circuit."""
    window: Duration = 30.0
    """Seconds within which these failures must fall."""
    open_for: Duration = 15.0
    """Seconds until one probe goes through; its success closes the circuit."""


class Limits(Section):
    """How much a bot, or a whole account, takes on; what is over it gets a 429."""

    in_flight: Count = 500
    """Events at work at the same time."""
    per_second: Duration = 200.0
    """Events a second."""


class Escalation(Section):
    """Turns failures into a transfer to people."""

    skill: Filled
    """The skill that gets the conversation; one of `skills`, when these are given."""
    message: Filled | None = None
    """What the consumer is told."""


class Environment(Section):
    """A variant of its bot."""

    settings: dict[str, Any]
    """What differs from the bot's own settings."""


class BotSection(Section):
    """One bot at one vendor."""

    vendor: Vendor
    """Where the bot lives."""
    channel: Annotated[Channel, Field(strict=False)] = Channel.MESSAGING
    """LivePerson's kind of conversation."""
    settings: dict[str, Any]
    """What must be known to call the bot, by vendor; spelled as the vendor's API spells it."""
    hooks: Hooks = Field(default_factory=lambda: NO_HOOKS)
    """Functions of one's own around the call of the vendor."""
    retry: Retry = Retry()
    """How often a vendor is tried again, where trying again is safe."""
    timeouts: Timeouts = Timeouts()
    """How long a turn may take."""
    breaker: Breaker | None = None
    """Stops calling a vendor that keeps failing. Without this section there is no circuit breaker."""
    limits: Limits | None = None
    """How much this bot takes on. Without this section it has no limit of its own."""
    escalation: Escalation | None = None
    """Turns failures into a transfer to people. Without this section they are told to LivePerson as errors."""
    structured_content: Annotated[StructuredContentMode, Field(strict=False)] = StructuredContentMode.WARN
    """What becomes of rich content that breaks LivePerson's rules: passed on (`off`), passed on and logged, or left out."""
    environments: dict[Filled, Environment] = Field(default_factory=dict)
    """Named variants for the Custom Endpoint. Without this section there is one, `draft`: the bot as it is."""


class Auth(Section):
    """Who may call this account's bots; at least one of `api_keys` and `signing_secrets`."""

    api_keys: Annotated[list[ApiKey], Field(min_length=1)] | None = None
    """Keys, any of which a caller sends as `Authorization: Bearer KEY`; or their digests: `sha256:` and 64 hex digits."""
    signing_secrets: Annotated[list[Secret], Field(min_length=1)] | None = None
    """Secrets, any of which a caller signs its requests with (`X-Botbridge-Signature`), in place of sending a key."""

    @model_validator(mode="after")
    def _check_something(self) -> "Auth":
        if self.api_keys is None and self.signing_secrets is None:
            raise ValueError("must have api_keys, signing_secrets or both")
        return self


class Features(Section):
    """What LivePerson has switched on for this account."""

    encoded_metadata: bool = True
    """Whether encoded metadata is passed on; otherwise it is stripped from every answer."""
    custom_ttr: bool = False
    """Whether CHANGE_TTR CUSTOM is passed on; otherwise the action is dropped with a warning."""


class CustomEndpoint(Section):
    """Lets LivePerson's Custom Endpoint connector call this account's bots; exactly one of `public_key` and `jwks_url`."""

    public_key: Filled | None = None
    """The key that signs LivePerson's tokens, in PEM."""
    jwks_url: Address | None = None
    """Where the keys that sign LivePerson's tokens are published."""
    issuer: Filled = "Sentinel"
    """The issuer that tokens must name."""
    client_id: Filled | None = None
    """The application that tokens must be made for (`azp`); any, when it is not given."""

    @model_validator(mode="after")
    def _check_key(self) -> "CustomEndpoint":
        if (self.public_key is None) == (self.jwks_url is None):
            raise ValueError("must have exactly one of public_key and jwks_url")
        return self


class AccountFile(Section):
    """One LivePerson account and its bots."""

    account: Name
    """LivePerson's account number, in quotes."""
    auth: Auth | None = None
    """Who may call this account's bots. Without this section only loopback callers are served."""
    skills: list[Filled] | None = None
    """The account's skills. When given, a TRANSFER to any other is an error."""
    limits: Limits | None = None
    """How much all bots of this account take on together. Without this section there is no such limit."""
    image_hosts: list[HostName] | None = None
    """The hosts that images in rich content may come from, as LivePerson's own list for the account has them."""
    defaults: dict[str, Any] = Field(default_factory=dict)
    """Any keys of a bot, inherited by every bot; a bot's own mappings are merged with them, its own values count more."""
    bots: dict[Name, BotSection]
    """The bots by name."""
    features: Features = Features()
    """What LivePerson has switched on for this account."""
    custom_endpoint: CustomEndpoint | None = None
    """Lets LivePerson's Custom Endpoint connector call this account's bots."""
