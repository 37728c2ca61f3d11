"""Imports point down only. The table below is the architecture; a module that is in no row of it fails as well."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from vendors.registry import VENDORS

ROOT = Path(__file__).parents[2]
PACKAGES = ("gateway", "vendors", "hooks", "config", "emulators")
VENDOR_FOLDERS = tuple(f"vendors.{file.parent.name}" for file in sorted((ROOT / "vendors").glob("*/__init__.py")))
SDKS = frozenset(
    {"boto3", "botocore", "awscrt", "_awscrt", "ibm_watson", "ibm_cloud_sdk_core", "google", "grpc", "requests"}
)
"""What vendors bring along."""
VENDOR_NAMES = {*VENDORS, "lex-v1"}
"""As account files spell them, those still to come included."""
OWNERS = {
    "json": (),
    "orjson": ("gateway.contract.wire", "emulators"),
    "tenacity": ("gateway.resilience.retry",),
}
"""What only these may import."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One row: who is in it, which packages of ours it may import besides itself, and what of other people's."""

    members: tuple[str, ...]
    ours: tuple[str, ...] = ()
    others: frozenset[str] | None = frozenset()
    """Other people's packages; None where it may import any that `never` does not name."""
    never: frozenset[str] = frozenset()


CORE = (
    "gateway.contract",
    "gateway.resilience",
    "gateway.sessions",
    "gateway.telemetry",
    "gateway.clock",
    "gateway.status",
)
TURNS = (
    "gateway.bot",
    "gateway.pipeline",
    "gateway.turn",
    "gateway.openings",
    "gateway.escalation",
    "gateway.reporting",
)
VENDOR_SERVICES = (
    "vendors.exchange",
    "vendors.http",
    "vendors.services",
    "vendors.registry",
    # Calling a LivePerson Function: bots (vendors.function) and hooks (made by gateway.runtime) do so alike.
    "vendors.addresses",
    "vendors.client_credentials",
    "vendors.invocation",
    "vendors.guarded",
)

LAYERS = (
    Layer(
        (
            "gateway.cli",
            "gateway.__main__",
            "gateway.app",
            "gateway.endpoint",
            "gateway.console_parts",
            "gateway.reloading",
            "gateway.workers",
        ),
        ours=PACKAGES,
        others=None,
    ),
    Layer(
        # What makes a bot out of an account file; the hooks package itself must stay free of HTTP.
        ("gateway.runtime", "gateway.fleet", "gateway.bot_maker", "gateway.remote_hooks"),
        ours=(*CORE, *TURNS, "gateway:", "config", "hooks", *VENDOR_SERVICES),
        others=frozenset({"aiohttp", "yarl"}),
    ),
    Layer(
        ("gateway.ingress",),
        ours=(
            "gateway:",
            *TURNS,
            "gateway.contract",
            "gateway.resilience",
            "gateway.sessions.repeats",
            "gateway.status",
            "gateway.telemetry",
        ),
        others=None,
        never=SDKS | {"tenacity"},
    ),
    Layer(
        ("gateway.console",),
        ours=("gateway:", *TURNS, *CORE, "gateway.ingress", "gateway.figures", "hooks.redact"),
        others=frozenset({"aiohttp", "jwt"}),
    ),
    Layer(
        # An observer of turns, beside the pipeline: it knows the archive by its port alone.
        ("gateway.figures",),
        ours=(*TURNS, "gateway.contract", "gateway.resilience.breaker", "gateway.status", "gateway.telemetry.logging"),
    ),
    Layer(TURNS, ours=(*CORE, *TURNS, "hooks.runner", "hooks.context")),
    Layer(("gateway.resilience",), ours=("gateway.contract",), others=frozenset({"tenacity"})),
    Layer(("gateway.sessions",), ours=("gateway.contract",), others=None, never=SDKS | {"aiohttp", "tenacity"}),
    Layer(("gateway.telemetry",), ours=("gateway.contract",), others=frozenset({"prometheus_client", "structlog"})),
    Layer(("gateway.lint",), ours=("gateway:", "gateway.contract"), others=frozenset({"junitparser", "rich"})),
    Layer(("gateway.clock", "gateway.status"), ours=("gateway.contract",)),
    Layer(("hooks",), ours=("gateway.contract",), others=frozenset({"structlog"})),
    Layer(
        ("config",),
        ours=(
            "gateway.contract",
            "hooks.loader",
            "hooks.context",
            "vendors.registry",
            *(f"{folder}.settings" for folder in VENDOR_FOLDERS),
        ),
        others=frozenset({"pydantic", "pydantic_core", "ruamel", "yaml"}),
    ),
    *(
        Layer(
            (folder,),
            ours=("gateway.contract", *VENDOR_SERVICES),
            others=None,
            never=frozenset({"tenacity"}),
        )
        for folder in VENDOR_FOLDERS
    ),
    Layer(
        VENDOR_SERVICES,
        ours=("gateway.contract", *VENDOR_SERVICES),
        others=frozenset({"aiohttp", "multidict", "pydantic", "yarl"}),
    ),
    Layer(("gateway.contract",), others=frozenset({"orjson"})),
    Layer(("emulators",), others=None),
)


def find_modules() -> dict[str, Path]:
    """Find every module of ours: dotted name -> file."""
    return {name_module(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


def name_module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def find_imports(tree: ast.AST, known: dict[str, Path]) -> Iterator[str]:
    """Find what a module imports, anywhere in it; `from package import module` is an import of the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module if node.level == 0 and node.module else "a relative import"
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield inner if inner in known else module


def lies_in(module: str, package: str) -> bool:
    """Say whether a module is this package or in it; `gateway:` is the package itself and nothing in it."""
    return module == package.removesuffix(":") or (not package.endswith(":") and module.startswith(f"{package}."))


def find_layer(module: str) -> Layer | None:
    return next((layer for layer in LAYERS if any(lies_in(module, member) for member in layer.members)), None)


def complain(module: str, target: str) -> str | None:
    """Say what is wrong with an import, None when it points down."""
    top = target.partition(".")[0]
    owners = OWNERS.get(top)
    if owners is not None and not any(lies_in(module, owner) for owner in owners):
        return f"{module} imports {target}, which belongs to {', '.join(owners) or 'nobody'}"
    if (layer := find_layer(module)) is None:
        return f"{module} is in no layer"
    if top in sys.stdlib_module_names:
        return None
    if top in PACKAGES:
        allowed = any(lies_in(target, package) for package in (*layer.ours, *layer.members))
    else:
        allowed = top not in layer.never and (layer.others is None or top in layer.others)
    return None if allowed else f"{module} imports {target}"


MODULES = find_modules()
BARE = {"gateway", "vendors", "hooks", "config", *VENDOR_FOLDERS}
"""Packages that say what is in them and import nothing."""


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_down(package: str) -> None:
    mine = {name: path for name, path in MODULES.items() if lies_in(name, package) and name not in BARE}
    complaints = [
        complaint
        for name, path in mine.items()
        for target in find_imports(ast.parse(path.read_text(encoding="utf-8")), MODULES)
        if (complaint := complain(name, target)) is not None
    ]

    assert mine
    assert complaints == []


@pytest.mark.parametrize("package", sorted(BARE))
def test_a_packages_own_module_imports_nothing(package: str) -> None:
    tree = ast.parse(MODULES[package].read_text(encoding="utf-8"))

    assert list(find_imports(tree, MODULES)) == []


@pytest.mark.parametrize(
    ("module", "target"),
    [
        ("gateway.contract.event", "orjson"),
        ("gateway.contract.event", "pydantic"),
        ("gateway.contract.event", "gateway.pipeline"),
        ("gateway.contract.wire", "json"),
        ("gateway.pipeline", "aiohttp.web"),
        ("gateway.pipeline", "boto3"),
        ("gateway.pipeline", "tenacity"),
        ("gateway.pipeline", "vendors.registry"),
        ("gateway.pipeline", "gateway.ingress.events"),
        ("gateway.pipeline", "config.models"),
        ("gateway.ingress.events", "vendors.registry"),
        ("gateway.ingress.events", "hooks.runner"),
        ("gateway.ingress.events", "gateway.sessions.memory"),
        ("gateway.ingress.events", "google.auth"),
        ("gateway.ingress.events", "gateway.app"),
        ("gateway.figures.keeping", "gateway.sessions.memory_archive"),
        ("gateway.figures.keeping", "gateway.ingress.status"),
        ("gateway.pipeline", "gateway.figures.keeping"),
        ("gateway.console.routes", "gateway.runtime"),
        ("gateway.console.routes", "vendors.registry"),
        ("gateway.ingress.events", "gateway.console.routes"),
        ("gateway.runtime", "vendors.lex.client"),
        ("gateway.runtime", "gateway.ingress.events"),
        ("gateway.resilience.breaker", "tenacity"),
        ("gateway.resilience.breaker", "gateway.telemetry.metrics"),
        ("gateway.sessions.memory", "gateway.resilience.deadline"),
        ("gateway.sessions.memory", "config.models"),
        ("gateway.telemetry.logging", "vendors.http"),
        ("hooks.runner", "vendors.http"),
        ("hooks.runner", "gateway.pipeline"),
        ("hooks.runner", "aiohttp"),
        ("config.loader", "vendors.lex.client"),
        ("config.loader", "vendors.http"),
        ("config.loader", "hooks.runner"),
        ("config.loader", "boto3"),
        ("config.loader", "gateway.pipeline"),
        ("vendors.lex.client", "vendors.watson.client"),
        ("vendors.lex.client", "gateway.resilience.retry"),
        ("vendors.lex.client", "config.models"),
        ("vendors.lex.client", "hooks.context"),
        ("vendors.lex.client", "orjson"),
        ("vendors.http", "vendors.lex.client"),
        ("vendors.http", "requests"),
        ("emulators.lex", "gateway.contract.wire"),
        ("emulators.lex", "vendors.lex.payload"),
        ("emulators.lex", "json"),
        ("gateway.cli.main", "json"),
        ("gateway.novelty", "typing"),
        ("hooks.runner", "a relative import"),
    ],
)
def test_the_table_forbids(module: str, target: str) -> None:
    assert complain(module, target) is not None


def test_imports_are_found_wherever_they_stand() -> None:
    tree = ast.parse(
        "import a.b\nfrom vendors import http\nfrom vendors.http import send\nfrom . import x\n"
        "def f():\n    from boto3 import client\nif TYPE_CHECKING:\n    import c as d\n"
    )

    assert sorted(find_imports(tree, MODULES)) == [
        "a relative import",
        "a.b",
        "boto3",
        "c",
        "vendors.http",
        "vendors.http",
    ]


def test_only_the_command_names_a_vendor() -> None:
    """A new vendor is a new folder and one line of the registry; the gateway never asks which one it has."""
    named = [
        f"{module}:{node.lineno} names {node.value!r}"
        for module, path in MODULES.items()
        if lies_in(module, "gateway") and not lies_in(module, "gateway.cli")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in VENDOR_NAMES
    ]

    assert named == []


def test_checking_a_configuration_loads_no_sdk() -> None:
    """`botbridge check` must start fast and be unable to call out, with every vendor's settings read."""
    script = (
        "import sys, config.loader, config.schema\n"
        "from vendors.registry import VENDORS\n"
        "models = [vendor.load_settings() for vendor in VENDORS.values()]\n"
        "print(len(models), *sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )

    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter and script

    models, *loaded = ran.stdout.split()
    assert int(models) == len(VENDORS)
    assert {"config", "pydantic", "vendors"} <= set(loaded)
    assert set(loaded) & (SDKS | {"aiohttp", "tenacity"}) == set()
