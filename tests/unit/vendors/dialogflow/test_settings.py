import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.contract.wire import loads
from vendors.dialogflow.settings import (
    TOKEN_URI,
    DialogflowCxSettings,
    DialogflowEsSettings,
    GoogleSettings,
    is_on_this_machine,
    read_service_account,
)

DATA = Path(__file__).parents[3] / "data/dialogflow"
MODELS = {"settings.json": DialogflowEsSettings, "settings_cx.json": DialogflowCxSettings}


def cases(outcome: str) -> list[Any]:
    return [
        pytest.param(model, case, id=f"{file.removesuffix('.json')}: {case['name']}")
        for file, model in MODELS.items()
        for case in loads((DATA / file).read_bytes())[outcome]
    ]


PEM = "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(("model", "case"), cases("good"))
def test_good_settings_are_taken(model: type[GoogleSettings], case: dict[str, Any]) -> None:
    settings = model(**case["settings"])

    assert settings.model_dump(include=set(case["settings"]) - {"credentials_json"}) == {
        key: value for key, value in case["settings"].items() if key != "credentials_json"
    }


@pytest.mark.parametrize(("model", "case"), cases("bad"))
def test_bad_settings_are_named_and_not_quoted(model: type[GoogleSettings], case: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        model(**case["settings"])

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


def test_defaults_of_cx() -> None:
    settings = DialogflowCxSettings(project_id="shop-1", location="us", agent_id="77fe")

    assert settings.model_dump() == {
        "language_code": "en",
        "credentials_file": None,
        "credentials_json": None,
        "transport": "rest",
        "api_endpoint": None,
        "insecure": False,
        "auth_type": "google",
        "project_id": "shop-1",
        "location": "us",
        "agent_id": "77fe",
        "environment_id": None,
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
    assert is_on_this_machine(endpoint) is loopback


def test_settings_import_no_sdk() -> None:
    program = "import sys, vendors.dialogflow.settings; print([m for m in sys.modules if m.split('.')[0] in ('google', 'grpc')])"

    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)  # noqa: S603

    assert found.stdout.strip() == "[]"
