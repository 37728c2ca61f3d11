"""The Custom Endpoint's part of the composition root: from account files to what its door serves."""

import asyncio
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from config.models import Account
from config.sections import CustomEndpoint
from gateway.contract.errors import RequestRefused
from gateway.contract.types import AccountId
from gateway.ingress.auth import UNAUTHORIZED
from gateway.ingress.custom_endpoint import Endpoint, Tokens
from gateway.ingress.vendor_state import VendorStates
from gateway.openings import Openings
from gateway.runtime import Runtime

if TYPE_CHECKING:
    from gateway.ingress.key_sets import KeySets
    from gateway.ingress.tokens import TokenRules


class NoTokens:
    """What verifies tokens where no account has a Custom Endpoint."""

    async def verify(self, authorization: str) -> AccountId:  # noqa: ARG002 - none will do
        """Raise RequestRefused: 401."""
        raise RequestRefused(UNAUTHORIZED, "No account of this gateway can be reached by a token.")


class EndpointServer:
    """Keeps the door's `served` up to date with a runtime that has been entered."""

    def __init__(self, runtime: Runtime, accounts: Iterable[Account]) -> None:
        self._runtime = runtime
        self._key_sets: KeySets | None = None
        self.served = Endpoint(
            self._make_tokens(accounts), runtime.environments, VendorStates(runtime.clock), Openings(runtime.sessions)
        )

    @staticmethod
    async def prepare(accounts: Iterable[Account]) -> None:
        """Import what these accounts' tokens need before they are served, off the loop."""
        if any(account.custom_endpoint is not None for account in accounts):
            await asyncio.to_thread(import_module, "gateway.ingress.tokens")

    def serve_accounts(self, accounts: Iterable[Account]) -> None:
        """Serve these, whose bots the runtime serves already."""
        self.served.tokens = self._make_tokens(accounts)
        self.served.environments = self._runtime.environments

    async def close(self) -> None:
        """Let go of what is under way."""
        if self._key_sets is not None:
            await self._key_sets.close()

    def _make_tokens(self, accounts: Iterable[Account]) -> Tokens:
        sections = {
            account.account: account.custom_endpoint for account in accounts if account.custom_endpoint is not None
        }
        if not sections:
            return NoTokens()
        # With PyJWT and cryptography, a tenth of the start-up: only where an account needs them.
        from gateway.ingress.tokens import AppTokens  # noqa: PLC0415

        rules = {name: self._make_rules(section) for name, section in sections.items()}
        return AppTokens(rules, self._runtime.clock)

    def _make_rules(self, section: CustomEndpoint) -> "TokenRules":
        from gateway.ingress.key_sets import KeySets, OneKey  # noqa: PLC0415 - as above
        from gateway.ingress.tokens import TokenRules  # noqa: PLC0415

        if self._key_sets is None:
            self._key_sets = KeySets(self._runtime.http, self._runtime.clock)
        url, pem = section.jwks_url, section.public_key
        return TokenRules(
            OneKey(pem or "") if url is None else self._key_sets.at(url), section.issuer, section.client_id
        )
