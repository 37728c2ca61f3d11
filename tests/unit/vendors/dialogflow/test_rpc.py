import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from google.cloud import dialogflow_v2
from google.protobuf.struct_pb2 import Struct

from emulators.dialogflow import DialogflowEmulator
from emulators.faults import Fault
from gateway.clock import SystemClock
from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from vendors.dialogflow.errors import CX_CODES, ES_CODES, ES_SEND_QUERY
from vendors.dialogflow.lanes import STREAMS
from vendors.dialogflow.rest import RestTransport
from vendors.dialogflow.rpc import GrpcTransport
from vendors.dialogflow.settings import DialogflowEsSettings
from vendors.http import MAX_ANSWER
from vendors.services import Services

SESSION = "projects/emulator/agent/sessions/c1"
BODY: dict[str, Any] = {
    "queryInput": {"text": {"text": "text", "languageCode": "en"}},
    "queryParams": {"payload": {"lpEvent": {"sequence": 1}}},
}


def make(emulator: DialogflowEmulator, services: Services, **more: Any) -> GrpcTransport:
    where = {"api_endpoint": emulator.grpc_address, "insecure": True, "transport": "grpc"}
    settings = DialogflowEsSettings(**{"project_id": "emulator", "auth_type": "none", **where, **more})
    return GrpcTransport(settings, services, sdk=dialogflow_v2, location=None, codes=ES_CODES)


@pytest.fixture
async def emulator(gate: Any) -> AsyncIterator[DialogflowEmulator]:
    """One that asks nobody to sign in."""
    async with DialogflowEmulator(sleep=gate.wait) as running:
        yield running


@pytest.fixture
def clock() -> SystemClock:
    """The machine's own: whether a connection has broken shows only a moment later."""
    return SystemClock()


@pytest.fixture
async def transport(emulator: DialogflowEmulator, services: Services) -> AsyncIterator[GrpcTransport]:
    made = make(emulator, services)
    await made.open()
    yield made
    await made.close()


async def test_the_request_is_routed_as_googles_client_does(
    emulator: DialogflowEmulator, transport: GrpcTransport
) -> None:
    answer = await transport.detect_intent(SESSION, BODY, timeout=5)

    assert answer["queryResult"]["fulfillmentText"] == "Your parcel is on its way."
    sent = emulator.requests[0]
    assert (sent.method, sent.path, sent.body) == ("GRPC", f"/v2/{SESSION}:detectIntent", BODY)
    assert sent.headers["x-goog-request-params"] == "session=projects/emulator/agent/sessions/c1"
    assert sent.headers["x-goog-api-client"].startswith("gl-python/")


async def test_many_calls_at_once_share_a_few_connections(
    emulator: DialogflowEmulator, transport: GrpcTransport, gate: Any
) -> None:
    calls = 2 * STREAMS + 20
    emulator.faults.add(Fault(kind="delay", delay=1))
    asking = [asyncio.ensure_future(transport.detect_intent(SESSION, BODY, timeout=30)) for _ in range(calls)]
    async with asyncio.timeout(30):
        while len(emulator.requests) < calls:
            await asyncio.sleep(0.01)

    gate.opened.set()
    answers = await asyncio.gather(*asking)

    assert [answer["queryResult"]["queryText"] for answer in answers] == ["text"] * calls
    assert len(transport._lanes) == 3


async def test_a_cut_fails_all_that_is_under_way_there_and_none_is_sent_again(
    emulator: DialogflowEmulator, transport: GrpcTransport
) -> None:
    emulator.faults.add(Fault(kind="hang", times=5), Fault(kind="cut", times=1))
    async with asyncio.timeout(30):
        asking = []
        for number in range(1, 7):
            asking.append(asyncio.ensure_future(transport.detect_intent(SESSION, BODY, timeout=20)))
            while len(emulator.requests) < number:
                await asyncio.sleep(0.001)
        failures: list[Any] = await asyncio.gather(*asking, return_exceptions=True)

    assert [failure.kind for failure in failures] == [FailureKind.CUT] * 6
    assert len(emulator.requests) == 6
    assert "queryResult" in await transport.detect_intent(SESSION, BODY, timeout=5)


async def test_cancelling_a_turn_is_no_failure_and_ends_the_call(
    emulator: DialogflowEmulator, transport: GrpcTransport
) -> None:
    emulator.faults.add(Fault(kind="hang", times=1))
    asking = asyncio.ensure_future(transport.detect_intent(SESSION, BODY, timeout=20))
    while not emulator.requests:
        await asyncio.sleep(0.001)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert "queryResult" in await transport.detect_intent(SESSION, BODY, timeout=5)
    assert len(transport._lanes) == 1


async def test_the_deadline_around_a_turn_ends_it(emulator: DialogflowEmulator, transport: GrpcTransport) -> None:
    emulator.faults.add(Fault(kind="hang"))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await transport.detect_intent(SESSION, BODY, timeout=20)


async def test_a_turn_that_is_under_way_when_its_bot_is_closed_has_a_failure(
    emulator: DialogflowEmulator, transport: GrpcTransport
) -> None:
    emulator.faults.add(Fault(kind="hang"))
    asking = asyncio.ensure_future(transport.detect_intent(SESSION, BODY, timeout=20))
    while not emulator.requests:
        await asyncio.sleep(0.001)

    await transport.close()
    with pytest.raises(VendorFailure) as caught:
        await asking

    assert (caught.value.kind, caught.value.code) == (FailureKind.CUT, ES_SEND_QUERY)


async def test_no_secure_connection_to_who_speaks_plaintext(emulator: DialogflowEmulator, services: Services) -> None:
    transport = make(emulator, services, insecure=False, auth_type="google", credentials_file="/none")
    transport._credentials = None

    with pytest.raises(VendorFailure) as caught:
        await transport.detect_intent(SESSION, BODY, timeout=5)
    await transport.close()

    assert (caught.value.kind, caught.value.message) == (FailureKind.NOT_SENT, "Dialogflow: no connection")
    assert emulator.requests == []


async def test_what_is_not_json_is_not_sent(emulator: DialogflowEmulator, transport: GrpcTransport) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await transport.detect_intent(SESSION, {"queryInput": {1, 2}}, timeout=5)

    assert str(caught.value) == "request: cannot be written as JSON: Type is not JSON serializable: set"
    assert emulator.requests == []


async def test_what_is_nested_too_deep_for_protobuf_is_refused_as_over_rest(
    emulator: DialogflowEmulator, services: Services
) -> None:
    deep: dict[str, Any] = {}
    for _ in range(150):
        deep = {"a": deep}
    body = {**BODY, "queryParams": {"payload": deep}}
    settings: dict[str, Any] = {
        "project_id": "p",
        "api_endpoint": emulator.url.removeprefix("http://"),
        "auth_type": "none",
    }
    rest = RestTransport(
        DialogflowEsSettings(**settings, insecure=True), services, version="v2", location=None, codes=ES_CODES
    )
    grpc = make(emulator, services)

    kinds = []
    for transport in (rest, grpc):
        with pytest.raises(VendorFailure) as caught:
            await transport.detect_intent(SESSION, body, timeout=5)
        kinds.append((caught.value.kind, caught.value.code))

    assert kinds == [(FailureKind.REFUSED, ES_SEND_QUERY)] * 2


async def test_an_answer_beyond_all_measure_is_unusable(emulator: DialogflowEmulator, transport: GrpcTransport) -> None:
    emulator.faults.add(Fault(kind="body", body={"queryResult": {"queryText": "x" * MAX_ANSWER}}, times=1))

    with pytest.raises(VendorFailure) as caught:
        await transport.detect_intent(SESSION, BODY, timeout=5)

    assert (caught.value.kind, caught.value.message) == (
        FailureKind.UNUSABLE,
        f"Dialogflow gave an answer of more than {MAX_ANSWER} bytes",
    )


def test_an_answer_that_json_cannot_hold_is_unusable(services: Services) -> None:
    settings = DialogflowEsSettings(project_id="p", transport="grpc", auth_type="google")
    transport = GrpcTransport(settings, services, sdk=dialogflow_v2, location=None, codes=CX_CODES)
    answer = dialogflow_v2.DetectIntentResponse()
    parameters = Struct()
    parameters.fields["a"].number_value = float("nan")
    dialogflow_v2.DetectIntentResponse.pb(answer).query_result.parameters.CopyFrom(parameters)

    with pytest.raises(VendorFailure) as caught:
        transport._read(answer)

    assert (caught.value.kind, caught.value.code, caught.value.message) == (
        FailureKind.UNUSABLE,
        CX_CODES.parse,
        "Dialogflow gave an answer that JSON cannot hold",
    )


CONVERSE = """
import asyncio, sys
import aiohttp, uvloop
from google.cloud import dialogflow_v2
from emulators.dialogflow import DialogflowEmulator
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from vendors.dialogflow.errors import ES_CODES
from vendors.dialogflow.rpc import GrpcTransport
from vendors.dialogflow.settings import DialogflowEsSettings
from vendors.services import Services

BODY = {"queryInput": {"text": {"text": "text", "languageCode": "en"}}}

async def main():
    async with DialogflowEmulator() as emulator, aiohttp.ClientSession() as session:
        settings = DialogflowEsSettings(
            project_id="p", api_endpoint=emulator.grpc_address, insecure=True, auth_type="none", transport="grpc"
        )
        services = Services(session, Sandbox(), SystemClock())
        transport = GrpcTransport(settings, services, sdk=dialogflow_v2, location=None, codes=ES_CODES)
        asking = (transport.detect_intent("projects/p/agent/sessions/c1", BODY, timeout=20) for _ in range(200))
        answers = await asyncio.gather(*asking)
        await transport.close()
        # The loop's own work goes on beside gRPC's poller thread.
        async with session.get(f"{emulator.url}/_emulator/requests") as response:
            print(len(answers), len((await response.json())["requests"]), type(asyncio.get_running_loop()).__module__)

uvloop.run(main()) if sys.argv[1] == "uvloop" else asyncio.run(main())
"""


@pytest.mark.parametrize(("loop", "module"), [("asyncio", "asyncio.unix_events"), ("uvloop", "uvloop")])
def test_both_event_loops_get_along_with_grpc(loop: str, module: str) -> None:
    program = [sys.executable, "-W", "error", "-c", CONVERSE, loop]

    found = subprocess.run(program, check=True, capture_output=True, text=True, timeout=60)  # noqa: S603

    assert found.stdout.split() == ["200", "200", module]
    assert found.stderr == ""


SECURE = """
import asyncio, datetime, os, sys
import aiohttp, grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from google.cloud import dialogflow_v2
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from vendors.dialogflow.errors import ES_CODES
from vendors.dialogflow.rpc import GrpcTransport
from vendors.dialogflow.settings import DialogflowEsSettings
from vendors.services import Services

key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
now = datetime.datetime.now(datetime.UTC)
day = datetime.timedelta(days=1)
certificate = (
    x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
    .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    .sign(key, hashes.SHA256())
    .public_bytes(serialization.Encoding.PEM)
)
private = key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
with open(os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"], "wb") as file:
    file.write(certificate if sys.argv[1] == "trusted" else b"")

async def answer(request, context):
    return dialogflow_v2.DetectIntentResponse.serialize(dialogflow_v2.DetectIntentResponse(response_id="secure"))

async def main():
    server = grpc.aio.server()
    methods = {"DetectIntent": grpc.unary_unary_rpc_method_handler(answer)}
    service = "google.cloud.dialogflow.v2.Sessions"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, methods),))
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(private, certificate)]))
    await server.start()
    settings = DialogflowEsSettings(project_id="p", api_endpoint=f"localhost:{port}", transport="grpc")
    async with aiohttp.ClientSession() as session:
        services = Services(session, Sandbox(), SystemClock())
        transport = GrpcTransport(settings, services, sdk=dialogflow_v2, location=None, codes=ES_CODES)
        transport._credentials = None
        try:
            print(await transport.detect_intent("projects/p/agent/sessions/c1", {}, timeout=10))
        except Exception as failure:
            print(failure.kind.name, failure)
        await transport.close()
    await server.stop(None)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("roots", "outcome"),
    [("trusted", "{'responseId': 'secure'}"), ("others", "NOT_SENT Dialogflow: no connection")],
)
def test_a_secure_connection_to_who_can_show_a_certificate(roots: str, outcome: str, tmp_path: Path) -> None:
    environ = {**os.environ, "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(tmp_path / "roots.pem")}
    program = [sys.executable, "-c", SECURE, roots]

    found = subprocess.run(program, check=True, capture_output=True, text=True, timeout=60, env=environ)  # noqa: S603

    assert found.stdout.strip() == outcome
