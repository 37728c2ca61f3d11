from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gateway.contract.errors import FAILED_HOOK, HookFailed, UnforeseenFault
from gateway.contract.types import HookKeys
from gateway.contract.wire import loads
from hooks.runner import build_error_report

CASES = loads((Path(__file__).parents[2] / "data/hooks/error_reports.json").read_bytes())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_report_names_the_error_and_what_was_there(case: Any) -> None:
    failure = UnforeseenFault()
    report = build_error_report(
        failure, HookKeys(*case["keys"]), "c-1", request=case.get("request"), answer=case.get("answer")
    )
    assert report == {"error": {"errorId": failure.error_id, "name": failure.code}, **case["report"]}


def test_the_id_is_that_of_the_occurrence_and_the_name_the_full_code() -> None:
    first, second = (
        build_error_report(HookFailed("x"), HookKeys("Lex", "lexQuery", "lex"), "c-1")["error"] for _ in range(2)
    )
    assert first["name"] == second["name"] == FAILED_HOOK
    assert first["name"].startswith("com.liveperson.bot-connectors-worker.error.")
    assert UUID(first["errorId"]) != UUID(second["errorId"])
