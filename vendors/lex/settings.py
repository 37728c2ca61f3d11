"""What an account file may say of a Lex V2 bot. Imports no SDK, so that `botbridge check` starts fast.

Source: docs/contract/vendors/lex.md, "Lex V2", "Configuration".
"""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from gateway.contract.reach import split_url


def _check_endpoint(value: str) -> str:
    """Give back the URL without a trailing slash; only this machine is spoken to without TLS."""
    if not value.isascii() or not value.isprintable():
        raise ValueError("must be a whole URL: https://…")
    parts = split_url(value)
    if parts.username is not None or "?" in value or "#" in value or " " in value:
        raise ValueError("must have no credentials, no query, no fragment and no white space")
    return value.rstrip("/")


def _check_secret(value: SecretStr) -> SecretStr:
    """Refuse the empty string: it is what a forgotten variable leaves behind."""
    if not value.get_secret_value():
        raise ValueError("must not be empty")
    return value


Secret = Annotated[SecretStr, AfterValidator(_check_secret)]
"""A secret that is not empty."""


class LexV2Settings(BaseModel):
    """Where the bot is, and who asks it; without keys of its own, the AWS default chain is used."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    region: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)+$", description="AWS region, such as us-east-1")
    bot_id: str = Field(min_length=1, description="the bot's id, 10 characters")
    bot_alias_id: str = Field(min_length=1, description="the alias's id, such as TSTALIASID")
    locale_id: str = Field(min_length=1, description="the bot's locale, with an underscore: en_US")
    access_key_id: str | None = Field(default=None, min_length=1, description="together with secret_access_key")
    secret_access_key: Secret | None = Field(default=None, description="together with access_key_id")
    session_token: Secret | None = Field(default=None, description="of temporary keys, which botbridge cannot renew")
    role_arn: str | None = Field(
        default=None, pattern=r"^arn:[a-z-]+:iam::\d{12}:role/\S+$", description="a role to assume before asking"
    )
    endpoint_url: Annotated[str, AfterValidator(_check_endpoint)] | None = Field(
        default=None, description="instead of AWS's own endpoint: https, or http to this machine"
    )

    @model_validator(mode="after")
    def _check_keys(self) -> Self:
        if (self.access_key_id is None) != (self.secret_access_key is None):
            raise ValueError("access_key_id and secret_access_key are given together or not at all")
        if self.session_token is not None and self.access_key_id is None:
            raise ValueError("session_token needs access_key_id and secret_access_key")
        return self
