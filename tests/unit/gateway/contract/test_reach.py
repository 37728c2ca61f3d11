import re

import pytest

from gateway.contract.reach import is_loopback, split_url


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.200.1.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("example.com", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    "url",
    ["https://example.com", "https://10.0.0.1:8443/a?b", "http://localhost", "http://127.0.0.1:80/", "http://[::1]:1"],
)
def test_https_and_http_to_this_machine_pass(url: str) -> None:
    assert split_url(url).geturl() == url


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://example.com", "must be https (http only to this machine)"),
        ("http://10.0.0.1", "must be https (http only to this machine)"),
        ("ftp://example.com", "must be a whole URL: https://…"),
        ("example.com", "must be a whole URL: https://…"),
        ("https:///path", "must be a whole URL: https://…"),
        ("", "must be a whole URL: https://…"),
        ("https://example.com:port", "is not a URL"),
        ("https://[::1", "is not a URL"),
    ],
)
def test_anything_else_is_told(url: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        split_url(url)
