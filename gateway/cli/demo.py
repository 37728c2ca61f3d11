"""`botbridge demo`: emulated vendors, a gateway, and a conversation with a bot of each vendor."""

from typing import Annotated

import typer

from gateway.cli.options import run_async


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the conversations.")] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The gateway's port; 0 takes a free one.")
    ] = 8080,
) -> None:
    """Play a conversation with a bot of every vendor, with no credentials, then keep serving.

    The vendors are emulators on this machine; the gateway speaks to each through its real SDK over a real socket.
    """
    from gateway.cli.demonstration import demonstrate
    from gateway.telemetry.logging import configure_logging

    configure_logging("error")
    try:
        succeeded = run_async(demonstrate(port=port, once=once))
    except OSError as error:
        typer.echo(f"botbridge: cannot listen on port {port}: {error.strerror or error}; try --port 0", err=True)
        raise typer.Exit(1) from None
    raise typer.Exit(0 if succeeded else 1)
