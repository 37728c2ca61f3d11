"""What the sections accept; what they refuse is in tests/data/config/malformed."""

from typing import Any

import pytest
from pydantic import BaseModel

from config.sections import (
    AccountFile,
    Auth,
    BotSection,
    Breaker,
    CustomEndpoint,
    Escalation,
    Hooks,
    Limits,
    Retry,
    Timeouts,
)
from vendors.registry import VENDORS

PEM = "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n"


@pytest.mark.parametrize(
    ("section", "value"),
    [
        (AccountFile, {"account": "a" * 36, "bots": {}}),
        (AccountFile, {"account": "83482904", "bots": {}, "skills": []}),
        (Auth, {"api_keys": ["one", "two"]}),
        (Auth, {"api_keys": [f"sha256:{'0123456789abcdef' * 4}", f"sha256:{'0123456789ABCDEF' * 4}", "sha25:6"]}),
        (Auth, {"signing_secrets": ["one", "two"]}),
        (Auth, {"api_keys": ["one"], "signing_secrets": ["two"]}),
        (Hooks, {"pre": ["a.b:c", {"use": "a:b.c"}, {"use": "a:b", "with": {}}], "timeout": 0.5}),
        (
            Hooks,
            {
                "error": [{"url": "https://hooks.example.org/a?b=c", "headers": {"A": "b"}}],
                "allow_private": ["10.0.0.5"],
            },
        ),
        (Hooks, {"allow_private": ["hooks.internal", "::1", "fd00::1"]}),
        (Retry, {"attempts": 1, "initial": 0, "maximum": 0}),
        (Timeouts, {"attempt": 30, "total": 0.001}),
        (Breaker, {}),
        (Limits, {"in_flight": 1, "per_second": 0.5}),
        (Escalation, {"skill": "human_skill"}),
        (CustomEndpoint, {"public_key": PEM}),
        (CustomEndpoint, {"jwks_url": "https://keys.example.net/jwks", "issuer": "x"}),
        (CustomEndpoint, {"jwks_url": "http://[::1]:9/jwks"}),
        (CustomEndpoint, {"jwks_url": "http://localhost/jwks"}),
        *((BotSection, {"vendor": vendor, "settings": {}, "channel": "chat"}) for vendor in VENDORS),
    ],
)
def test_accepted(section: type[BaseModel], value: dict[str, Any]) -> None:
    assert section.model_validate(value).model_fields_set == set(value)


def test_hook_has_a_short_form() -> None:
    hooks = Hooks.model_validate({"pre": ["a:b"]})
    assert hooks == Hooks.model_validate({"pre": [{"use": "a:b", "with": {}}]})
