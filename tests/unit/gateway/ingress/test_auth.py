import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from gateway.contract.errors import RequestRefused
from gateway.contract.types import AccountId
from gateway.ingress.auth import ApiKeys, authorize, require_loopback

ONE, TWO = AccountId("1"), AccountId("2")
KEYS = ApiKeys({ONE: ["old", "new", "shared"], TWO: ["other", "shared"]})


def request(remote: str | None = None, **headers: str) -> web.Request:
    made = make_mocked_request("POST", "/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return made.clone(remote=remote) if remote is not None else made


@pytest.mark.parametrize("key", ["old", "new", "shared"])
def test_any_key_of_the_account_opens_it(key: str) -> None:
    authorize(request(Authorization=f"Bearer {key}"), ONE, KEYS)
    authorize(request(Authorization=f"bearer  {key} "), ONE, KEYS)


@pytest.mark.parametrize(
    ("header", "status"),
    [("Bearer other", 403), ("Bearer nobody", 401), ("Bearer", 401), ("Basic old", 401), ("old", 401), ("", 401)],
)
def test_anything_else_is_refused(header: str, status: int) -> None:
    with pytest.raises(RequestRefused) as refused:
        authorize(request(Authorization=header), ONE, KEYS)
    assert refused.value.status == status
    assert "old" not in refused.value.message


def test_no_header_is_refused() -> None:
    with pytest.raises(RequestRefused) as refused:
        authorize(request(), ONE, KEYS)
    assert refused.value.code == "botbridge.error.unauthorized"


@pytest.mark.parametrize("remote", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
def test_callers_on_this_machine_pass(remote: str) -> None:
    require_loopback(request(remote))


@pytest.mark.parametrize("remote", ["10.0.0.1", "192.168.1.1", "::ffff:10.0.0.1", "2001:db8::1", "", "unix"])
def test_callers_elsewhere_do_not(remote: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        require_loopback(request(remote))
    assert (refused.value.status, refused.value.code) == (403, "botbridge.error.forbidden")


@pytest.mark.parametrize("header", ["Forwarded", "X_Forwarded_For", "X_Real_IP"])
def test_a_proxy_on_this_machine_speaks_for_callers_elsewhere(header: str) -> None:
    with pytest.raises(RequestRefused):
        require_loopback(request("127.0.0.1", **{header: "127.0.0.1"}))
