"""`botbridge serve --console` with pages of the tests' own: python -m tests.console_server CONFIG PAGES STORE WORKERS.

The operator's token is tests.console_gateway.TOKEN.
"""

import sys
from pathlib import Path

from config.importing import make_importable
from config.loader import load_accounts
from gateway.app import ServeSettings
from gateway.app import serve as serve_alone
from gateway.cli.options import run_async
from gateway.console.settings import ConsoleSettings
from gateway.telemetry.logging import configure_logging
from gateway.workers.serve import serve_with_workers
from tests.console_gateway import TOKEN


def announce(url: str) -> None:
    sys.stdout.write(f"listening on {url}\n")
    sys.stdout.flush()


def main(config: str, pages: str, store: str, workers: str) -> None:
    configure_logging("info")
    make_importable(Path(config))
    accounts = load_accounts(Path(config), {})
    console = ConsoleSettings(tokens=(TOKEN,), pages=Path(pages))
    settings = ServeSettings(config=Path(config), port=0, store=store, console=console)
    if workers == "1":
        run_async(serve_alone(settings, accounts, announce))
    else:
        run_async(serve_with_workers(settings, accounts, announce, workers=int(workers), log_level="info"))


if __name__ == "__main__":
    main(*sys.argv[1:])
