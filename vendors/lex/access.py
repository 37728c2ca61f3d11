"""Endpoint and keys of one bot, as botocore resolves them: off the loop, renewed before they end, never on a turn's time.

botocore blocks while it reads files, asks a metadata service or assumes a role, so all of that happens in threads; a
turn takes the keys that are at hand.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from awscrt.auth import AwsCredentialsProvider
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    Credentials,
    DeferredRefreshableCredentials,
    RefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError
from botocore.loaders import Loader, create_loader
from botocore.session import Session
from yarl import URL

from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.ports import Clock
from vendors.lex.errors import SEND_QUERY
from vendors.lex.settings import LexV2Settings
from vendors.lex.signing import Signer, make_keys

_log = logging.getLogger(__name__)

RETRY_AFTER: Final = 10.0
"""Seconds after an attempt to get keys before the next: a missing metadata service costs seconds of a thread."""
OPEN_TIME: Final = 5.0
"""Seconds that start-up waits for keys."""
LAST_USE: Final = 60
"""Seconds before their end from which keys are no longer used."""
STS: Final = Config(connect_timeout=5, read_timeout=5, retries={"total_max_attempts": 2})
"""Patience with the service that hands out roles."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a request needs."""

    endpoint: str
    """Without a trailing slash."""
    keys: AwsCredentialsProvider
    region: str
    url: URL = field(init=False)
    signer: Signer = field(init=False)
    """Of requests to this endpoint."""
    path: str = field(init=False)
    """Before the paths of the API, quoted; mostly empty."""

    def __post_init__(self) -> None:
        """Take the endpoint apart, once for all requests."""
        url = URL(self.endpoint, encoded=True)
        object.__setattr__(self, "url", url)
        object.__setattr__(self, "signer", Signer(self.keys, self.region, url.host_port_subcomponent or ""))
        object.__setattr__(self, "path", url.raw_path.rstrip("/"))


class AccessKeeper:
    """Resolves a bot's access, keeps it, and renews it. `close` ends what is under way."""

    def __init__(self, settings: LexV2Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._endpoint: str | None = None
        self._credentials: Any = None
        """botocore's own object; None until it has been found."""
        self._access: Access | None = None
        self._problem = "not opened"
        self._next_try = 0.0
        self._work: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Resolve at start-up, for a few seconds; what goes wrong or takes longer is told to those who ask."""
        await asyncio.wait([self._renew_once()], timeout=OPEN_TIME)

    async def close(self) -> None:
        """Let go of a renewal that is under way; its thread ends by itself."""
        work, self._work = self._work, None
        if work is not None:
            work.cancel()
            await asyncio.wait([work])

    @property
    def at_hand(self) -> Access | None:
        """What a request needs, when it is there and nothing is to be renewed."""
        access = self._access
        return access if access is not None and not self._needs_renewal(None) else None

    async def get(self) -> Access:
        """Give what a request needs now. Raise VendorFailure (DENIED) when it cannot be had."""
        usable = self._is_usable()
        if not usable or self._is_ageing():
            renewal = self._renew_once()
            if not usable:
                # Shielded: the turn that gives up waiting must not take the renewal from the others.
                await asyncio.shield(renewal)
        if self._access is None or not self._is_usable():
            raise VendorFailure(FailureKind.DENIED, SEND_QUERY, f"No AWS credentials: {self._problem}")
        return self._access

    def _is_usable(self) -> bool:
        return self._access is not None and not self._needs_renewal(LAST_USE)

    def _is_ageing(self) -> bool:
        return self._needs_renewal(None)

    def _needs_renewal(self, within: int | None) -> bool:
        """Ask botocore whether keys end within so many seconds, by default 15 minutes; this looks at the clock alone."""
        if not isinstance(self._credentials, RefreshableCredentials):
            return False
        return bool(self._credentials.refresh_needed(within))

    def _renew_once(self) -> asyncio.Future[None]:
        """Begin a renewal, or join the one under way; soon after one that has ended there is nothing to do."""
        if self._work is None or (self._work.done() and self._clock.monotonic() >= self._next_try):
            self._work = asyncio.ensure_future(self._renew())
        return self._work

    async def _renew(self) -> None:
        try:
            self._endpoint, self._credentials, self._access = await asyncio.to_thread(
                _resolve, self._settings, self._endpoint, self._credentials
            )
        except Exception as error:  # noqa: BLE001 - files, plugins and services of all kinds: the name is all that is told
            self._problem = type(error).__name__
            _log.warning("lex-no-credentials: %s", self._problem)
        finally:
            self._next_try = self._clock.monotonic() + RETRY_AFTER


def _resolve(settings: LexV2Settings, endpoint: str | None, credentials: Any) -> tuple[str, Any, Access]:
    """Resolve what is still missing and take the keys as they are now. Blocks; raise whatever botocore raises."""
    if endpoint is None or credentials is None:
        session = Session()
        session.register_component("data_loader", _share_loader(session.get_config_variable("data_path")))
        endpoint = settings.endpoint_url or _resolve_endpoint(session, settings.region)
        credentials = _find_credentials(session, settings)
    frozen = credentials.get_frozen_credentials()
    keys = make_keys(frozen.access_key, frozen.secret_key, frozen.token)
    return endpoint, credentials, Access(endpoint, keys, settings.region)


@cache
def _share_loader(data_path: str | None) -> Loader:
    """Make what reads botocore's own files, once for all bots: to read and parse them takes longer than all else here."""
    return create_loader(data_path)


def _resolve_endpoint(session: Session, region: str) -> str:
    """Ask botocore for the service's address: partitions, FIPS, dual stack and AWS_ENDPOINT_URL_… are its business."""
    # Keys are not needed for this, yet without any botocore would go through the whole chain for them.
    unused = {"aws_access_key_id": "unused", "aws_secret_access_key": "unused"}
    client = session.create_client("lexv2-runtime", region_name=region, **unused)
    try:
        url: str = client.meta.endpoint_url
    finally:
        client.close()
    return url.rstrip("/")


def _find_credentials(session: Session, settings: LexV2Settings) -> Any:
    """Find the settings' own keys, or what the default chain has, and the role on top. Raise NoCredentialsError."""
    if settings.access_key_id is not None and settings.secret_access_key is not None:
        token = settings.session_token
        found = Credentials(
            settings.access_key_id, settings.secret_access_key.get_secret_value(), token and token.get_secret_value()
        )
    else:
        found = session.get_credentials()
    if found is None:
        raise NoCredentialsError
    if settings.role_arn is None:
        return found

    def make_client(service: str, **options: Any) -> Any:
        return session.create_client(service, region_name=settings.region, config=STS, **options)

    fetcher = AssumeRoleCredentialFetcher(
        make_client, found, settings.role_arn, extra_args={"RoleSessionName": "botbridge"}
    )
    return DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")
