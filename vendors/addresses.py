"""Where a LivePerson Function is called from outside (docs/contract/function.md, "External invocation of a function"). Pure."""

from dataclasses import dataclass, field
from typing import Final

from yarl import URL

GATEWAY_DOMAIN: Final = ".faasgw.liveperson.net"
"""Of the hosts that invoke functions: `sy`, `lo` and `va` before it."""
SENTINEL_DOMAIN: Final = ".sentinel.liveperson.net"
"""Of the hosts that give tokens, with the same regions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionAddress:
    """One function, and the client that may call it."""

    lambda_uuid: str
    account_id: str
    base_url: str
    """Of the functions' gateway: https://va.faasgw.liveperson.net"""
    token_url: str | None = None
    """The whole URL of the token endpoint, where it cannot be derived from `base_url`."""
    client_id: str
    client_secret: str = field(repr=False)

    def find_invoke_url(self) -> URL:
        """Make the URL that the function is called at."""
        base = URL(self.base_url)
        return (base / f"api/account/{self.account_id}/lambdas/{self.lambda_uuid}/invoke").with_query(
            v="1", externalSystem="botbridge"
        )

    def find_token_url(self) -> URL:
        """Make the URL that tokens come from: the sentinel host of the same region; of any other host, that host itself."""
        if self.token_url is not None:
            return URL(self.token_url)
        base = URL(self.base_url)
        if base.host is not None and base.host.endswith(GATEWAY_DOMAIN):
            base = base.with_host(base.host.removesuffix(GATEWAY_DOMAIN) + SENTINEL_DOMAIN)
        return base / f"sentinel/api/v2/account/{self.account_id}/app/token"
