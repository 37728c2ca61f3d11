"""The published document against the gateway that it describes."""

import asyncio
import sys
from pathlib import Path

from emulators.server import Running
from tests.app_tokens import KEY, make_token, write_pem
from tests.gateways import KEY as API_KEY
from tests.gateways import make_account, open_gateway

# The names are given, so that most requests reach a bot; everything else is made up.
CONFIG = """
[parameters]
"path.account" = "83482904"
"path.bot" = "function"
"path.environment" = "draft"
[[operations]]
include-tag = "custom-endpoint"
headers = {{ Authorization = "Bearer {token}" }}
[[operations]]
exclude-tag = "custom-endpoint"
headers = {{ Authorization = "Bearer {key}" }}
"""


async def test_it_describes_every_route_and_no_other(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        document = (await gateway.get("/openapi.json")).body
        routes = {
            (route.method.lower(), route.resource.canonical)
            for route in gateway.server.application.router.routes()
            if route.resource is not None and route.method != "HEAD"
        }
    methods = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
    assert {(method, path) for path, item in document["paths"].items() for method in item.keys() & methods} == routes


async def test_schemathesis_finds_nothing(running: Running, tmp_path: Path) -> None:
    (tmp_path / "accounts").mkdir()
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(token=make_token(exp=3600), key=API_KEY), encoding="utf-8")
    account = make_account(running) | {"custom_endpoint": {"public_key": write_pem(KEY)}}
    async with open_gateway(tmp_path / "accounts", account) as gateway:
        # In a process of its own: it blocks, and what it warns of is not ours.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", "--no-color"),
            *("--max-examples", "10", "--seed", "1", f"{gateway.server.url}/openapi.json"),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        answered = len(running.function.requests)
    assert process.returncode == 0, out.decode()
    assert "No issues found" in out.decode()
    assert answered > 50, "hardly a request has reached a bot"
