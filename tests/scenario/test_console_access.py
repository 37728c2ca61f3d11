"""Who gets into the console, and how it is kept apart from other people's pages (docs/console.md)."""

import asyncio
import hashlib
from io import BytesIO
from pathlib import Path

import pytest

from emulators.server import Running
from gateway import __version__
from gateway.console.guard import HEADERS
from tests.console_gateway import INDEX, OWN, TOKEN, of_bot, open_browser, open_console, open_signed_in
from tests.gateways import make_account, open_gateway

COOKIE = "botbridge_console"
JSON = OWN | {"Content-Type": "application/json"}
API = [
    ("GET", "api/session"),
    ("POST", "api/sign-out"),
    ("GET", "api/bots"),
    ("GET", "api/live"),
    ("GET", f"{of_bot('lex')}/figures"),
    ("GET", f"{of_bot('lex')}/errors"),
    ("GET", f"{of_bot('lex')}/turns"),
    ("POST", f"{of_bot('lex')}/turns"),
    ("GET", f"{of_bot('lex')}/turns/1"),
    ("GET", f"{of_bot('lex')}/recording"),
    ("PUT", f"{of_bot('lex')}/recording"),
    ("DELETE", f"{of_bot('lex')}/recording"),
]


async def test_without_the_option_there_is_no_console(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        for path in ("/console", "/console/", "/console/api/session", "/console/index.html"):
            assert (await gateway.get(path)).status == 404


async def test_pages_need_no_session_and_have_the_headers_that_keep_scripts_out(
    running: Running, tmp_path: Path
) -> None:
    async with open_console(tmp_path, make_account(running)) as (_, operator):
        index = await operator.call("GET", "")
        script = await operator.call("GET", "assets/index-1a2b.js")
        missing = await operator.call("GET", "assets/..%2f..%2fsettings.py")
        bare = await operator.client.get(f"{operator.url}/console", allow_redirects=False)
        refused = await operator.call("GET", "api/bots")
    assert (index.status, index.body, index.headers["Cache-Control"]) == (200, INDEX, "no-cache")
    assert (script.status, script.headers["Content-Encoding"]) == (200, "gzip")
    assert script.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert (missing.status, bare.status, bare.headers["Location"]) == (404, 308, "/console/")
    assert (refused.status, refused.headers["Cache-Control"]) == (401, "no-store")
    for answer in (index, script, missing, bare, refused):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(("method", "path"), API)
async def test_everything_of_the_api_asks_for_a_session(
    method: str, path: str, running: Running, tmp_path: Path
) -> None:
    async with open_console(tmp_path, make_account(running)) as (_, operator):
        nothing = await operator.call(method, path)
        operator.client.cookie_jar.update_cookies({COOKIE: "forged"})
        forged = await operator.call(method, path)
        encoded = await operator.call(method, path.replace("api", "%61pi"))
    assert (nothing.status, nothing.body) == (401, {"error": {"message": "Sign in first."}})
    assert (forged.status, forged.body) == (401, {"error": {"message": "The session is not valid: sign in again."}})
    assert encoded.status in {401, 404}
    assert running.lex.requests == []


async def test_a_session_from_sign_in_to_sign_out(running: Running, tmp_path: Path) -> None:
    async with open_console(tmp_path, make_account(running)) as (_, operator):
        refused = await operator.sign_in("not-an-operator-s-token")
        assert (refused.status, refused.body) == (401, {"error": {"message": "This is not an operator's token."}})
        assert "Set-Cookie" not in refused.headers
        signed_in = await operator.sign_in()
        assert (signed_in.status, signed_in.body) == (204, "")
        name, _, attributes = signed_in.headers["Set-Cookie"].partition("=")
        cookie, *rest = attributes.split("; ")
        assert (name, sorted(rest)) == (COOKIE, ["HttpOnly", "Max-Age=43200", "Path=/console/", "SameSite=Strict"])
        session = await operator.get("session")
        assert (session["version"], session.keys()) == (__version__, {"version", "expires"})
        out = await operator.call("POST", "api/sign-out")
        assert (out.status, (await operator.call("GET", "api/session")).status) == (204, 401)
        # Whoever has kept the cookie has nothing of it.
        kept = await operator.call("GET", "api/session", headers={"Cookie": f"{COOKIE}={cookie}"})
        assert (kept.status, kept.body["error"]["message"]) == (401, "The session is over: sign in again.")
        assert (await operator.sign_in()).status == 204


@pytest.mark.parametrize(("proto", "secure"), [("https", True), ("HTTPS, http", True), ("http", False)])
async def test_behind_tls_the_cookie_is_for_tls_alone(
    proto: str, secure: bool, running: Running, tmp_path: Path
) -> None:
    async with open_console(tmp_path, make_account(running)) as (_, operator):
        headers = OWN | {"X-Forwarded-Proto": proto}
        said = await operator.call("POST", "api/sign-in", {"token": TOKEN}, headers=headers)
    assert ("Secure" in said.headers["Set-Cookie"].split("; ")) is secure


async def test_guessing_is_slowed_down(running: Running, tmp_path: Path) -> None:
    async with open_console(tmp_path, make_account(running)) as (_, operator):
        statuses = [(await operator.sign_in(f"guess number {number}")).status for number in range(10)]
        refused = await operator.sign_in()
    assert statuses == [401] * 10
    assert (refused.status, refused.body) == (429, {"error": {"message": "Too many wrong tokens: wait."}})
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


@pytest.mark.parametrize("tokens", [("sha256:" + hashlib.sha256(TOKEN.encode()).hexdigest(),), ("x" * 20, TOKEN)])
async def test_a_digest_or_one_of_several_will_do(tokens: tuple[str, ...], running: Running, tmp_path: Path) -> None:
    async with open_console(tmp_path, make_account(running), tokens=tokens) as (_, operator):
        assert (await operator.sign_in()).status == 204
        assert len((await operator.get("bots"))["bots"]) == 7


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "The header X-Botbridge-Console: 1 is required."),
        ({"X-Botbridge-Console": "0"}, "The header X-Botbridge-Console: 1 is required."),
        (OWN | {"Sec-Fetch-Site": "cross-site"}, "The request comes from another site."),
        (OWN | {"Sec-Fetch-Site": "same-site"}, "The request comes from another site."),
        (OWN | {"Sec-Fetch-Site": "none"}, "The request comes from another site."),
    ],
)
async def test_another_site_s_page_changes_nothing(
    headers: dict[str, str], message: str, running: Running, tmp_path: Path
) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        for method, path in API:
            if method != "GET":
                said = await operator.call(method, path, {"seconds": 60}, headers=headers)
                assert (said.status, said.body) == (403, {"error": {"message": message}}), path
        signing_in = await operator.call("POST", "api/sign-in", {"token": TOKEN}, headers=headers)
        assert signing_in.status == 403
        assert await operator.get(f"{of_bot('lex').removeprefix('api/')}/recording") == {"until": None}


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 200), ("none", 200), ("cross-site", 403), ("same-site", 403)]
)
async def test_another_site_s_page_reads_nothing(site: str, status: int, running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        assert (await operator.call("GET", "api/session", headers={"Sec-Fetch-Site": site})).status == status
        # The page itself may be linked to from anywhere.
        assert (await operator.call("GET", "", headers={"Sec-Fetch-Site": site})).status == 200


async def test_what_is_no_request_of_ours_has_a_clear_answer(running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        answers = [
            await operator.call("POST", "api/sign-in", {"token": 7}),
            await operator.call("POST", "api/sign-in", [TOKEN]),
            await operator.call("POST", "api/sign-in", data=b"{", headers=JSON),
            await operator.call("POST", "api/sign-in", data=b"token", headers=OWN | {"Content-Type": "text/plain"}),
            await operator.call("POST", "api/sign-in", {"token": TOKEN, 'n"me': 1}),
            await operator.call("POST", "api/sign-in", data=BytesIO(b" " * 2**20 + b"{}"), headers=JSON),
            await operator.call("DELETE", "api/session"),
            await operator.call("GET", "api/nothing"),
        ]
    assert [(said.status, said.body["error"]["message"]) for said in answers] == [
        (400, "The token must be a string."),
        (400, "The body must be an object."),
        (400, "The body is not JSON."),
        (415, "The body must be JSON: Content-Type: application/json."),
        (400, "The body has a member that is not known: 'n\"me'."),
        (413, "The body has more than 1048576 bytes."),
        (405, "405: Method Not Allowed"),
        (404, "404: Not Found"),
    ]


async def test_a_stream_ends_with_its_session_and_with_the_gateway(running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (gateway, operator):
        async with operator.listen() as stream:
            await operator.call("POST", "api/sign-out")
            await stream.end()
        async with open_browser(operator.url) as other:
            await other.sign_in()
            async with other.listen() as stream, asyncio.timeout(5):
                await gateway.server.drain()
                await stream.end()
                assert (await other.call("GET", "api/live")).status == 503
                assert (await other.call("GET", "api/session")).status == 200


async def test_a_gateway_that_ends_without_a_drain_does_not_wait_for_streams(running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (gateway, operator), operator.listen() as stream:
        async with asyncio.timeout(0.9):  # less than the server gives connections that are still open
            await gateway.server.__aexit__()
        await stream.end()


async def test_no_token_is_logged(running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with open_console(tmp_path, make_account(running)) as (_, operator):
        await operator.sign_in("a-wrong-token-of-somebody")
        said = await operator.sign_in()
        await operator.get("bots")
    log = "".join(capsys.readouterr())
    assert "sign-in-refused" in log
    assert "signed-in" in log
    assert all(secret not in log for secret in ("a-wrong-token", TOKEN, said.headers["Set-Cookie"][18:40]))
