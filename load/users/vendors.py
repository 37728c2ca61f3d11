"""Be every vendor, and LivePerson's Sentinel, in a process of its own: `python -m load.users.vendors`.

Prints one line of JSON with the addresses once all of them listen, runs until SIGTERM, and then writes its ledger.
"""

import asyncio
import signal
import sys
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from emulators.faults import parse_fault
from emulators.liveperson import LivePersonEmulator
from emulators.sentinel import CONNECTOR
from emulators.server import Running, emulators
from gateway.contract.wire import dumps
from load.users.ledger import Ledger, watch
from load.users.profile import PROFILES, OwnDeployment, load_profile


def name_places(running: Running, liveperson: LivePersonEmulator) -> dict[str, str]:
    """Say where everything is."""
    return {
        **running,
        "dialogflow-grpc": running.dialogflow.grpc_address,
        "jwks": liveperson.jwks_url,
        "tokens": liveperson.token_url("ACCOUNT"),
        "client_id": CONNECTOR.client_id,
        "client_secret": CONNECTOR.client_secret,
    }


async def serve(own: OwnDeployment, ledger_file: Path, seed: int) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ledger, random = Ledger(), Random(seed)  # noqa: S311 - draws faults
    kinds = [parse_fault(kind) for kind in own.faults.kinds]
    async with emulators() as running, LivePersonEmulator() as liveperson:
        for emulator in (*running.all, running.watson.v1, running.dialogflow.cx):
            watch(emulator, ledger, random, delay=own.vendor_delay, share=own.faults.share, kinds=kinds)
        sys.stdout.write(dumps(name_places(running, liveperson)).decode() + "\n")
        sys.stdout.flush()
        await stop.wait()
    await asyncio.to_thread(ledger_file.write_bytes, dumps(ledger.plain()))


def main(
    profile: Annotated[str, typer.Option(help=f"Name of a profile in {PROFILES.name}/, or its file.")],
    ledger: Annotated[Path, typer.Option(help="File for what the vendors were given, written at the end.")],
    seed: Annotated[int, typer.Option(help="Repeats the order of faults.")] = 1,
) -> None:
    """Play the vendors."""
    own = load_profile(profile, {}).own
    asyncio.run(serve(own, ledger, seed))


if __name__ == "__main__":
    typer.run(main)
