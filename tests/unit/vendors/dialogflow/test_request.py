from typing import Any

from google.cloud import dialogflow_v2

from vendors.dialogflow.request import read_request


def load_message() -> Any:
    return dialogflow_v2.DetectIntentRequest.pb()


def test_a_shape_that_is_known_is_not_checked() -> None:
    request = {"session": "s", "queryInput": "no input at all"}

    assert read_request(request, load_message, lambda _: True) == {"queryInput": "no input at all"}


def test_what_was_given_is_left_alone() -> None:
    payload = {"fields": {"a": {"kind": "stringValue", "stringValue": "x"}}}
    request = {"session": "s", "queryInput": {"event": {"name": "A"}}, "queryParams": {"payload": payload}}

    read = read_request(request, load_message, lambda _: False)

    assert read == {"queryInput": {"event": {"name": "A"}}, "queryParams": {"payload": {"a": "x"}}}
    assert request["queryParams"] == {"payload": payload}


def test_the_shape_is_looked_at_as_it_will_be_sent() -> None:
    looked_at: list[Any] = []

    def look(request: Any) -> bool:
        looked_at.append(request)
        return True

    read_request({"session": 5, "queryInput": {}}, load_message, look)

    assert looked_at == [{"queryInput": {}}]
