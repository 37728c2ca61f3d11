"""What an account file may say of a Watson bot. Imports no SDK, so that `botbridge check` starts fast.

Source: docs/contract/vendors/watson.md, "Configuration".
"""

import re
from datetime import date
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr, model_validator

from gateway.contract.reach import split_url

AuthType: TypeAlias = Literal["iam", "basic", "none"]
"""How Watson is told who calls: IBM's IAM token, user name and password, or not at all (a proxy adds it)."""

DEFAULT_VERSION: Final = "2021-11-27"
"""The day whose API is asked for: the one that the runtime methods of V1 and V2 have kept since."""
DEFAULT_TOKEN_URL: Final = "https://iam.cloud.ibm.com/identity/token"  # noqa: S105 - an address, not a secret
DEAD_HOST: Final = "watsonplatform.net"
"""IBM switched its hosts off in 2021."""

_VERSION: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOT_IN_AN_ID: Final = re.compile(r"[\s/\\?#%]")


def _check_url(url: str) -> str:
    """Let https through, and http to this machine; credentials would go over the wire in the clear otherwise."""
    parts = split_url(url)
    host = parts.hostname or ""
    if host == DEAD_HOST or host.endswith(f".{DEAD_HOST}"):
        raise ValueError(
            f"{DEAD_HOST} has been switched off since 2021: use the address of the service's region, "
            "such as https://api.eu-de.assistant.watson.cloud.ibm.com"
        )
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not carry credentials")
    if parts.query or parts.fragment or re.search(r"[\s{}\"]", url):
        raise ValueError("must have no query, no fragment, no white space, and no quotes or curly brackets")
    return url


def _check_id(value: str) -> str:
    if not value or _NOT_IN_AN_ID.search(value) or not value.strip("."):
        raise ValueError("must be an id: not empty, without white space and without / \\ ? # %")
    return value


def _date_to_text(value: Any) -> Any:
    """Take YAML's own dates too: an unquoted 2021-11-27 is one."""
    return value.isoformat() if type(value) is date else value


def _check_version(value: str) -> str:
    try:
        if _VERSION.fullmatch(value):
            date.fromisoformat(value)
            return value
    except ValueError:
        pass
    raise ValueError("must be a day: YYYY-MM-DD")


def _check_credential(value: SecretStr) -> SecretStr:
    """Refuse what IBM's SDK refuses, here and not at the first event."""
    text = value.get_secret_value()
    if not text:
        raise ValueError("must not be empty")
    if text[0] in '{"' or text[-1] in '}"':
        raise ValueError("must not start or end with a curly bracket or a quote")
    return value


Url: TypeAlias = Annotated[str, AfterValidator(_check_url)]
Id: TypeAlias = Annotated[str, AfterValidator(_check_id)]
Credential: TypeAlias = Annotated[SecretStr, AfterValidator(_check_credential)]


class WatsonSettings(BaseModel):
    """What both generations of the API have in common."""

    # The docstrings of the fields are what the JSON Schema says of them (config.descriptions).
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    url: Url
    """The service's address, as its credentials page shows it; a path (`/instances/…`) belongs to it."""
    apikey: Credential | None = None
    """An IBM Cloud API key, which signs in with an IAM token; or else username and password."""
    username: Credential | None = None
    """For basic auth, which IBM Cloud has given up; other installations may have it. Together with password."""
    password: Credential | None = None
    """Together with username."""
    version: Annotated[str, BeforeValidator(_date_to_text), AfterValidator(_check_version)] = DEFAULT_VERSION
    """The day whose version of the API is spoken, YYYY-MM-DD."""
    token_url: Url = DEFAULT_TOKEN_URL
    """The whole address of the token endpoint."""
    # None until it is worked out from the credentials; afterwards never None.
    auth_type: AuthType | None = None
    """How to sign in: iam with an apikey, basic with a username (the defaults by the credentials given), none not at all."""

    @model_validator(mode="after")
    def _settle_auth_type(self) -> Self:
        """Work out how to sign in, and refuse credentials that contradict it."""
        basic = self.username is not None or self.password is not None
        if self.apikey is not None and basic:
            raise ValueError("give either apikey, or username and password, not both")
        if basic and (self.username is None or self.password is None):
            raise ValueError("username and password belong together: one of them is missing")
        found: AuthType | None = "iam" if self.apikey is not None else "basic" if basic else None
        match self.auth_type, found:
            case None, None:
                raise ValueError("give apikey, or username and password (auth_type: none where no sign-in is needed)")
            case "iam", None:
                raise ValueError("auth_type iam needs apikey")
            case "basic", None:
                raise ValueError("auth_type basic needs username and password")
            case ("iam" | "basic") as wanted, ("iam" | "basic") as given if wanted != given:
                raise ValueError(f"auth_type {wanted} does not go with the credentials given, which are for {given}")
            case None, ("iam" | "basic") as given:
                # The model is frozen for everyone else.
                object.__setattr__(self, "auth_type", given)
            case _:
                pass  # none: credentials may stand in the file, and are not sent
        return self


class WatsonV1Settings(WatsonSettings):
    """A workspace (a dialog skill) of Watson Assistant V1."""

    workspace_id: Id
    """The workspace's id, which is the skill's: its API details show it."""


class WatsonV2Settings(WatsonSettings):
    """An assistant of Watson Assistant V2."""

    assistant_id: Id
    """The assistant's id, from its settings."""
    environment_id: Id | None = None
    """The environment that answers, where the assistant has environments; without one the older path is called."""
