"""What an account file may say about a Dialogflow bot. Imports no SDK, so that `botbridge check` starts fast."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Secret, ValidationInfo, field_validator
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticCustomError

from gateway.contract.reach import is_loopback
from gateway.contract.types import Json
from gateway.contract.wire import WireError, loads, name_type

TOKEN_URI: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
"""Google's token endpoint, where the credentials name none of their own."""
_ENDPOINT: Final = r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?$"
_ID: Final = r"^[A-Za-z0-9_-]+$"
_PROJECT: Final = r"^[A-Za-z0-9.:_-]+$"
_LOCATION: Final = r"^[a-z0-9-]+$"


def _problem(text: str) -> PydanticCustomError:
    # Unlike a ValueError's, its message stands alone; and it never quotes what was given.
    return PydanticCustomError("dialogflow", text)


def read_service_account(given: Any) -> Json:
    """Read service account credentials: a mapping, or one written as JSON. The key's newlines may be escaped."""
    if isinstance(given, str):
        try:
            given = loads(given)
        except WireError as error:
            raise _problem(f"must be a service account's credentials as JSON or as a mapping ({error})") from None
    if not isinstance(given, Mapping):
        raise _problem(f"must be a service account's credentials, not {name_type(given)}")
    account = {"type": "service_account", "token_uri": TOKEN_URI, **given}
    if account["type"] != "service_account":
        raise _problem("must have the type service_account")
    for key in ("client_email", "private_key", "token_uri"):
        if not isinstance(account.get(key), str) or not account[key]:
            raise _problem(f"must have {key}, a string")
    account["private_key"] = account["private_key"].replace("\\n", "\n")
    if "-----BEGIN" not in account["private_key"]:
        raise _problem("must have private_key in PEM form")
    return account


ServiceAccount: TypeAlias = Annotated[
    Secret[dict[str, Any]],
    BeforeValidator(read_service_account),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}], "writeOnly": True}),
]
"""Never printed: its text is stars."""


class GoogleSettings(BaseModel):
    """What every Dialogflow bot may have: how it signs in, and where the service is."""

    # Problems never quote what was given: it may be a key.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    # The order matters: a check sees only the fields above its own.
    language_code: str = Field("en", pattern=r"^[A-Za-z0-9-]+$")
    """Of the agent, such as `en` or `pt-BR`."""
    credentials_file: str | None = Field(None, min_length=1)
    """Path of a service account's JSON file."""
    credentials_json: ServiceAccount | None = None
    """Such a file's content, as JSON or as a mapping. With neither, Google's default chain is asked."""
    transport: Literal["rest", "grpc"] = "rest"
    """How the API is spoken: `rest`, or `grpc` through Google's own client, which takes more CPU time."""
    api_endpoint: str | None = Field(None, pattern=_ENDPOINT)
    """`host` or `host:port` instead of Google's own."""
    insecure: bool = False
    """Plaintext, for an emulator on this machine."""
    auth_type: Literal["google", "none"] = "google"
    """`none`: nobody signs in; only together with `insecure`."""

    SDK: ClassVar[str]
    """Google's package for this generation of the API. Large: over REST, only what hooks have changed is checked with it."""

    @property
    def modules(self) -> tuple[str, ...]:
        """What must be imported before the bot can be called, besides what every Dialogflow bot needs."""
        return (self.SDK, "vendors.dialogflow.rpc") if self.transport == "grpc" else ()

    @property
    def hooked_modules(self) -> tuple[str, ...]:
        """What must be imported as well where the bot has pre hooks."""
        return (self.SDK,)

    @field_validator("credentials_json")
    @classmethod
    def _one_place(cls, value: ServiceAccount | None, info: ValidationInfo) -> ServiceAccount | None:
        if value is not None and info.data.get("credentials_file") is not None:
            raise _problem("credentials_file is given too: keep one of them")
        return value

    @field_validator("insecure")
    @classmethod
    def _loopback_only(cls, value: bool, info: ValidationInfo) -> bool:
        if value and not is_on_this_machine(info.data.get("api_endpoint")):
            raise _problem("plaintext is for an api_endpoint on this machine only (localhost, 127.0.0.1, [::1])")
        return value

    @field_validator("auth_type")
    @classmethod
    def _sign_in(cls, value: str, info: ValidationInfo) -> str:
        if value == "none":
            if not info.data.get("insecure"):
                raise _problem("none goes with insecure only: Google answers nobody who has not signed in")
            if info.data.get("credentials_file") or info.data.get("credentials_json"):
                raise _problem("none uses no credentials, and some are given")
        return value


class DialogflowEsSettings(GoogleSettings):
    """A Dialogflow ES agent (docs/contract/vendors/dialogflow-es.md, "Configuration items")."""

    SDK = "google.cloud.dialogflow_v2"

    project_id: str = Field(pattern=_PROJECT)
    """The Google Cloud project of the agent."""
    location: str | None = Field(None, pattern=_LOCATION)
    """The agent's region, such as `europe-west1`; without it the global agent."""
    environment: str | None = Field(None, pattern=_ID)
    """A published environment; without it the draft answers."""


class DialogflowCxSettings(GoogleSettings):
    """A Dialogflow CX agent (docs/contract/vendors/dialogflow-cx.md, "Configuration items")."""

    SDK = "google.cloud.dialogflowcx_v3"

    project_id: str = Field(pattern=_PROJECT)
    """The Google Cloud project of the agent."""
    location: str = Field(pattern=_LOCATION)
    """The agent's region, such as `europe-west1`, or `global`."""
    agent_id: str = Field(pattern=_ID)
    """The agent's UUID: what follows `agents/` in its address."""
    environment_id: str | None = Field(None, pattern=_ID)
    """An environment's UUID; without it the draft flows answer."""


def is_on_this_machine(endpoint: str | None) -> bool:
    """Say whether a `host` or `host:port` lies on this machine."""
    if endpoint is None:
        return False
    return is_loopback(endpoint[1:].partition("]")[0] if endpoint.startswith("[") else endpoint.partition(":")[0])
