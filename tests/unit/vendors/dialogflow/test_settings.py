import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.contract.wire import loads
from vendors.dialogflow.settings import TOKEN_URI, DialogflowEsSettings, is_loopback, read_service_account

CASES = loads((Path(__file__).parents[3] / "data/dialogflow/settings.json").read_bytes())
PEM = "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize("case", CASES["good"], ids=lambda case: case["name"])
def test_good_settings_are_taken(case: dict[str, Any]) -> None:
    settings = DialogflowEsSettings(**case["settings"])

    assert settings.model_dump(include=set(case["settings"]) - {"credentials_json"}) == {
        key: value for key, value in case["settings"].items() if key != "credentials_json"
    }


@pytest.mark.parametrize("case", CASES["bad"], ids=lambda case: case["name"])
def test_bad_settings_are_named_and_not_quoted(case: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        DialogflowEsSettings(**case["settings"])

    problems = [[".".join(map(str, error["loc"])), error["msg"]] for error in caught.value.errors()]
    assert problems == case["problems"]
    assert "SECRET" not in str(caught.value)


def test_defaults() -> None:
    assert DialogflowEsSettings(project_id="shop-1").model_dump() == {
        "language_code": "en",
        "credentials_file": None,
        "credentials_json": None,
        "transport": "rest",
        "api_endpoint": None,
        "insecure": False,
        "auth_type": "google",
        "project_id": "shop-1",
        "location": None,
        "environment": None,
    }


def test_key_is_kept_whole_and_never_printed() -> None:
    settings = DialogflowEsSettings.model_validate(
        {"project_id": "p", "credentials_json": {"client_email": "a@b", "private_key": PEM.replace("\n", "\\n")}}
    )

    assert settings.credentials_json is not None
    assert settings.credentials_json.get_secret_value() == {
        "type": "service_account",
        "token_uri": TOKEN_URI,
        "client_email": "a@b",
        "private_key": PEM,
    }
    assert "SECRET" not in f"{settings!r} {settings} {settings.model_dump()}"


def test_token_uri_of_the_account_is_kept() -> None:
    given = {"client_email": "a@b", "private_key": PEM, "token_uri": "http://127.0.0.1:1/token"}

    assert read_service_account(given) == {"type": "service_account", **given}


def test_schema_shows_credentials_as_text_or_object() -> None:
    schema = DialogflowEsSettings.model_json_schema()

    assert schema["properties"]["credentials_json"]["anyOf"][0] == {
        "anyOf": [{"type": "string"}, {"type": "object"}],
        "writeOnly": True,
    }
    assert schema["required"] == ["project_id"]


@pytest.mark.parametrize(
    ("endpoint", "loopback"),
    [
        ("localhost", True),
        ("localhost:80", True),
        ("127.0.0.1", True),
        ("127.8.9.10:80", True),
        ("[::1]", True),
        ("[::1]:80", True),
        ("[::2]:80", False),
        ("0.0.0.0", False),
        ("localhost.example.com", False),
        ("10.0.0.1", False),
        (None, False),
    ],
)
def test_loopback(endpoint: str | None, loopback: bool) -> None:
    assert is_loopback(endpoint) is loopback


def test_settings_import_no_sdk() -> None:
    program = "import sys, vendors.dialogflow.settings; print([m for m in sys.modules if m.split('.')[0] in ('google', 'grpc')])"

    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)  # noqa: S603

    assert found.stdout.strip() == "[]"
