from pathlib import Path
from typing import Any

import pytest

from gateway.contract.targets import CallableNotFound
from gateway.contract.wire import loads
from hooks.loader import Hook, HookSpec, load_hook
from hooks.redact import redact

CASES = loads((Path(__file__).parents[2] / "data/hooks/loader.json").read_bytes())
GOOD = [case for case in CASES if "problem" not in case]
BAD = [case for case in CASES if "problem" in case]


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case["name"])
def test_an_entry_becomes_a_hook(case: Any) -> None:
    hook = load_hook(HookSpec(case["use"], case["with"]))
    assert (hook.target, hook.options) == (case["use"], case["with"])
    assert callable(hook.function)


@pytest.mark.parametrize("case", BAD, ids=lambda case: case["name"])
def test_a_wrong_entry_is_named(case: Any) -> None:
    with pytest.raises(CallableNotFound) as caught:
        load_hook(HookSpec(case["use"], case["with"]))
    assert str(caught.value) == case["problem"]


def test_options_are_read_only_and_apart_from_the_account_file() -> None:
    given = {"kinds": ["card"]}
    hook = load_hook(HookSpec("hooks.redact:redact", given))
    given["kinds"].append("email")
    assert hook == Hook("hooks.redact:redact", redact, {"kinds": ["card"]})
    with pytest.raises(TypeError):
        hook.options["kinds"].append("email")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("raise SystemExit(3)", "module 'acme_broken' cannot be imported: SystemExit"),
        ("import acme_without_a_home", "no module named 'acme_without_a_home'"),
        ("def tag(payload): ...", "'acme_broken:tag' must take 2 arguments"),
    ],
    ids=["exits", "imports what is not there", "takes one argument"],
)
def test_what_a_module_does_at_import_is_a_problem_of_the_entry(
    body: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "acme_broken.py").write_text(body)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CallableNotFound) as caught:
        load_hook(HookSpec("acme_broken:tag"))
    assert str(caught.value) == problem
