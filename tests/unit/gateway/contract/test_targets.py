"""gateway/contract/targets.py: other people's code is found by name."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.contract.targets import CallableNotFound, load_callable

MODULE = """
import functools

def two(a, b): return a + b
async def slow(a, b): return a + b
def one(a): return a
def any_number(*args): return args
def with_default(a, b=1, *, c=2): return a
def with_required_keyword(a, b, *, c): return a
VALUE = 5

class Space:
    @staticmethod
    def inner(a, b): return a + b
    def __call__(self, a, b): return a + b

space = Space()
bound = functools.partial(lambda a, b, c: a + b + c, 1)

def __getattr__(name):
    if name == "trap":
        raise RuntimeError("SECRET")
    raise AttributeError(name)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Write a module that can be imported for one test."""
    written = []

    def write(name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source)
        written.append(name)

    monkeypatch.syspath_prepend(tmp_path)
    write("acme_callables", MODULE)
    yield write
    for name in written:
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    "name", ["two", "slow", "any_number", "with_default", "Space.inner", "space", "bound", "space.__call__"]
)
async def test_callable_is_found(module: object, name: str) -> None:
    found = load_callable(f"acme_callables:{name}", arguments=2)

    assert callable(found)


def test_found_callable_is_the_module_s_own(module: object) -> None:
    assert load_callable("acme_callables:two", arguments=2)(1, 2) == 3


def test_callable_written_in_c_tells_no_signature() -> None:
    assert load_callable("builtins:max", arguments=2) is max


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("", "must look like module:function"),
        ("acme_callables", "must look like module:function"),
        ("acme_callables:", "must look like module:function"),
        (":two", "must look like module:function"),
        ("acme_missing:two", "no module named 'acme_missing'"),
        ("acme_callables.deeper:two", "no module named 'acme_callables.deeper'"),
        (".relative:two", "module '.relative' cannot be imported: TypeError"),
        ("acme_callables:three", "module 'acme_callables' has no 'three'"),
        ("acme_callables:Space.outer", "module 'acme_callables' has no 'Space.outer'"),
        ("acme_callables:two.", "module 'acme_callables' has no 'two.'"),
        ("acme_callables:two:three", "module 'acme_callables' has no 'two:three'"),
        ("acme_callables:trap", "module 'acme_callables' has no 'trap' that can be read: RuntimeError"),
        ("acme_callables:VALUE", "'acme_callables:VALUE' is not callable"),
        ("acme_callables:one", "'acme_callables:one' must take 2 arguments"),
        ("acme_callables:Space", "'acme_callables:Space' must take 2 arguments"),
        ("acme_callables:with_required_keyword", "'acme_callables:with_required_keyword' must take 2 arguments"),
    ],
)
def test_what_is_no_callable_is_named(module: object, target: str, problem: str) -> None:
    with pytest.raises(CallableNotFound) as caught:
        load_callable(target, arguments=2)

    assert str(caught.value) == problem


def test_one_argument_is_said_in_the_singular(module: object) -> None:
    with pytest.raises(CallableNotFound) as caught:
        load_callable("acme_callables:two", arguments=1)

    assert str(caught.value) == "'acme_callables:two' must take 1 argument"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import acme_not_installed", "no module named 'acme_not_installed'"),
        ("def", "module 'acme_broken' cannot be imported: SyntaxError"),
        ("1 / 0", "module 'acme_broken' cannot be imported: ZeroDivisionError"),
        ("raise SystemExit(3)", "module 'acme_broken' cannot be imported: SystemExit"),
        ("raise KeyboardInterrupt", "module 'acme_broken' cannot be imported: KeyboardInterrupt"),
    ],
)
def test_module_that_cannot_be_imported_is_named(module: Callable[[str, str], None], source: str, problem: str) -> None:
    module("acme_broken", source)

    with pytest.raises(CallableNotFound) as caught:
        load_callable("acme_broken:hook", arguments=2)

    assert str(caught.value) == problem
