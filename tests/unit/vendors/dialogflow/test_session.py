import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.dialogflow.session import MAX_SESSION_ID, service_target, service_url, session_id
from vendors.dialogflow.settings import DialogflowEsSettings


@pytest.mark.parametrize("own", ["5f0d9c1e-0b1a-4a52-9d0c-3a3f3f0f7a11", "a", "A_b-9", "x" * 36])
def test_own_id_is_used_where_google_takes_it(own: str) -> None:
    assert session_id(own) == own


@pytest.mark.parametrize("other", ["x" * 37, "a/b", "a:b", "é", "a b", "..", "a\n", "\ud800"])
def test_other_ids_become_a_hash(other: str) -> None:
    made = session_id(other)

    assert made != other
    assert len(made) == MAX_SESSION_ID
    assert made.isalnum()
    assert made.isascii()


@given(st.text(min_size=1), st.text(min_size=1))
def test_different_conversations_have_different_sessions(one: str, other: str) -> None:
    assert (session_id(one) == session_id(other)) is (one == other)


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({}, "https://dialogflow.googleapis.com"),
        ({"location": "global"}, "https://dialogflow.googleapis.com"),
        ({"location": "europe-west1"}, "https://europe-west1-dialogflow.googleapis.com"),
        (
            {"location": "us", "api_endpoint": "dialogflow-shop.p.googleapis.com"},
            "https://dialogflow-shop.p.googleapis.com",
        ),
        ({"api_endpoint": "[::1]:8443"}, "https://[::1]:8443"),
        ({"api_endpoint": "127.0.0.1:8443", "insecure": True}, "http://127.0.0.1:8443"),
    ],
)
def test_service_url(settings: dict[str, object], url: str) -> None:
    made = DialogflowEsSettings.model_validate({"project_id": "p", **settings})

    assert str(service_url(made, made.location)).rstrip("/") == url
    assert service_target(made, made.location) == url.partition("://")[2]
