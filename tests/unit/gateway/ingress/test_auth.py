import hashlib

import pytest
from aiohttp.test_utils import make_mocked_request

from gateway.contract.errors import RequestRefused
from gateway.contract.types import AccountId
from gateway.ingress.auth import ApiKeys, authorize, require_loopback
from gateway.ingress.call import RequestCall

ONE, TWO = AccountId("1"), AccountId("2")
KEYS = ApiKeys({ONE: ["old", "new", "shared"], TWO: ["other", "shared"]})


def digest(key: str) -> str:
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def request(remote: str | None = None, **headers: str) -> RequestCall:
    made = make_mocked_request("POST", "/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return RequestCall(made.clone(remote=remote) if remote is not None else made)


@pytest.mark.parametrize("key", ["old", "new", "shared"])
def test_any_key_of_the_account_opens_it(key: str) -> None:
    authorize(request(Authorization=f"Bearer {key}"), ONE, KEYS)
    authorize(request(Authorization=f"bearer  {key} "), ONE, KEYS)


@pytest.mark.parametrize("stored", [digest("kéy"), digest("kéy").upper().replace("SHA256", "sha256"), "kéy"])
def test_a_key_is_stored_as_it_is_or_as_its_digest(stored: str) -> None:
    keys = ApiKeys({ONE: ["older", stored], TWO: []})
    assert [keys.opens(key, ONE) for key in ("kéy", "older", stored, digest("older"))] == [
        True,
        True,
        stored == "kéy",
        False,
    ]
    assert (keys.opens("kéy", TWO), keys.knows("kéy"), keys.knows("nobody's")) == (False, True, False)


@pytest.mark.parametrize("account", [ONE, TWO, AccountId("3")])
def test_two_keys_are_good_while_one_takes_over_from_the_other(account: AccountId) -> None:
    before, between, after = (ApiKeys({account: keys}) for keys in (["old"], ["old", digest("new")], [digest("new")]))
    assert [(keys.opens("old", account), keys.opens("new", account)) for keys in (before, between, after)] == [
        (True, False),
        (True, True),
        (False, True),
    ]


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
