import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.contract.wire import loads
from vendors.function.settings import FunctionSettings

CASES = loads((Path(__file__).parents[3] / "data" / "function" / "settings.json").read_bytes())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_settings_are_taken_or_every_problem_is_named(case: dict[str, Any]) -> None:
    problems = []
    try:
        FunctionSettings.model_validate(case["settings"])
    except ValidationError as error:
        problems = [[".".join(map(str, problem["loc"])), problem["msg"]] for problem in error.errors()]
    assert problems == case["problems"]


def test_secrets_are_not_printed() -> None:
    settings = FunctionSettings.model_validate(
        {"url": "https://bot.example.org", "headers": {"Authorization": "Bearer hidden"}}
    )
    assert "hidden" not in repr(settings)


def test_settings_bring_no_http_client() -> None:
    script = "import sys, vendors.function.settings; print('aiohttp' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 - our own script
    assert ended.stdout == "False\n"
