import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from gateway.contract.wire import loads
from vendors.registry import VENDORS
from vendors.watson.settings import WatsonV2Settings

CASES = loads((Path(__file__).parents[3] / "data" / "watson" / "settings.json").read_bytes())


def model_of(case: dict[str, Any]) -> type[BaseModel]:
    return VENDORS[case.get("vendor", "watson-v2")].load_settings()


@pytest.mark.parametrize("case", [case for case in CASES if "read" in case], ids=lambda case: case["name"])
def test_settings_are_read(case: dict[str, Any]) -> None:
    assert model_of(case).model_validate(case["settings"]).model_dump(mode="json") == case["read"]


@pytest.mark.parametrize("case", [case for case in CASES if "problems" in case], ids=lambda case: case["name"])
def test_what_is_wrong_is_told(case: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        model_of(case).model_validate(case["settings"])
    found = [[".".join(map(str, error["loc"])), error["msg"]] for error in caught.value.errors()]
    assert found == case["problems"]


def test_a_version_may_be_yamls_own_date() -> None:
    settings = WatsonV2Settings.model_validate(
        {"url": "https://api.example.com", "assistant_id": "a", "apikey": "k", "version": date(2024, 8, 25)}
    )
    assert settings.version == "2024-08-25"


def test_secrets_are_not_shown() -> None:
    settings = WatsonV2Settings.model_validate(
        {"url": "https://api.example.com", "assistant_id": "a", "username": "u-secret", "password": "p-secret"}
    )
    assert "secret" not in repr(settings).replace("SecretStr", "")


def test_settings_bring_no_sdk() -> None:
    code = "import sys, vendors.watson.settings; print([name for name in sys.modules if name.startswith('ibm')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "[]\n"
