import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.contract.wire import loads
from vendors.lex.settings import LexV2Settings

CASES = loads((Path(__file__).parents[3] / "data" / "lex" / "settings.json").read_bytes())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_settings_are_taken_or_every_problem_is_named(case: dict[str, Any]) -> None:
    problems = []
    try:
        LexV2Settings.model_validate(case["settings"])
    except ValidationError as error:
        problems = [[".".join(map(str, problem["loc"])), problem["msg"]] for problem in error.errors()]
    assert problems == case["problems"]


def test_endpoint_loses_its_trailing_slash() -> None:
    given = {"region": "us-east-1", "bot_id": "A1", "bot_alias_id": "T1", "locale_id": "en_US"}
    assert LexV2Settings.model_validate({**given, "endpoint_url": "https://a.example/b/"}).endpoint_url == (
        "https://a.example/b"
    )


def test_secrets_are_not_printed() -> None:
    given = {"region": "us-east-1", "bot_id": "A1", "bot_alias_id": "T1", "locale_id": "en_US"}
    settings = LexV2Settings.model_validate(
        {**given, "access_key_id": "AKID", "secret_access_key": "hidden-1", "session_token": "hidden-2"}
    )
    assert "hidden" not in repr(settings)


def test_settings_bring_no_sdk() -> None:
    script = "import sys, vendors.lex.settings; print([m for m in ('botocore', 'boto3', 'awscrt') if m in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 - our own script
    assert ended.stdout == "[]\n"
