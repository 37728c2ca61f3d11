import pytest

from vendors.addresses import FunctionAddress


def make(base_url: str, token_url: str | None = None) -> FunctionAddress:
    return FunctionAddress(
        lambda_uuid="4f9a-1", account_id="83482904", base_url=base_url, token_url=token_url, client_id="c", client_secret="s"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("base_url", "invoke", "token"),
    [
        *(
            (f"https://{region}.faasgw.liveperson.net", f"https://{region}.faasgw.liveperson.net", sentinel)
            for region, sentinel in [(name, f"https://{name}.sentinel.liveperson.net") for name in ("sy", "lo", "va")]
        ),
        ("https://va.faasgw.liveperson.net/", "https://va.faasgw.liveperson.net", "https://va.sentinel.liveperson.net"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("https://proxy.example.org/lp", "https://proxy.example.org/lp", "https://proxy.example.org/lp"),
        ("https://faasgw.liveperson.net", "https://faasgw.liveperson.net", "https://faasgw.liveperson.net"),
    ],
)
def test_both_urls_follow_from_the_base(base_url: str, invoke: str, token: str) -> None:
    address = make(base_url)
    assert (str(address.find_invoke_url()), str(address.find_token_url())) == (
        f"{invoke}/api/account/83482904/lambdas/4f9a-1/invoke?v=1&externalSystem=botbridge",
        f"{token}/sentinel/api/v2/account/83482904/app/token",
    )


def test_a_token_endpoint_of_its_own_is_taken_whole() -> None:
    url = "https://va.sentinel.liveperson.net/sentinel/api/account/83482904/app/token?v=1.0"
    assert str(make("https://va.faasgw.liveperson.net", url).find_token_url()) == url


def test_the_secret_is_not_printed() -> None:
    assert "client_secret" not in repr(make("https://va.faasgw.liveperson.net"))
