"""The Custom Endpoint's part of the composition root: from account files to what its door serves."""

from collections.abc import Iterable

from config.models import Account
from config.sections import CustomEndpoint
from gateway.ingress.custom_endpoint import Endpoint
from gateway.ingress.key_sets import KeySets, OneKey
from gateway.ingress.tokens import AppTokens, TokenRules
from gateway.ingress.vendor_state import VendorStates
from gateway.openings import Openings
from gateway.runtime import Runtime


class EndpointServer:
    """Keeps the door's `served` up to date with a runtime that has been entered."""

    def __init__(self, runtime: Runtime, accounts: Iterable[Account]) -> None:
        self._runtime = runtime
        self._key_sets = KeySets(runtime.http, runtime.clock)
        self.served = Endpoint(
            self._make_tokens(accounts), runtime.environments, VendorStates(runtime.clock), Openings(runtime.sessions)
        )

    def serve_accounts(self, accounts: Iterable[Account]) -> None:
        """Serve these, whose bots the runtime has made already."""
        self.served.tokens = self._make_tokens(accounts)
        self.served.environments = self._runtime.environments

    async def close(self) -> None:
        """Let go of what is under way."""
        await self._key_sets.close()

    def _make_tokens(self, accounts: Iterable[Account]) -> AppTokens:
        sections = {account.account: account.custom_endpoint for account in accounts}
        return AppTokens({name: self._make_rules(section) for name, section in sections.items() if section is not None})

    def _make_rules(self, section: CustomEndpoint) -> TokenRules:
        url, pem = section.jwks_url, section.public_key
        return TokenRules(
            OneKey(pem or "") if url is None else self._key_sets.at(url), section.issuer, section.client_id
        )
