from gateway.ingress.answers import write_answer
from gateway.ingress.call import Answered
from gateway.sessions.repeats import Answer


def test_an_answer_is_a_200() -> None:
    assert write_answer(Answer(b"{}")) == Answered(b"{}", 200, ())


def test_an_escalation_names_its_error() -> None:
    answer = Answer(b"{}", "botbridge.error.some", "0ac9b0e6-2f4b-4a5e-9f0e-6a4b1f0f0c55")
    assert write_answer(answer) == Answered(
        b"{}",
        200,
        (("X-Error-Name", "botbridge.error.some"), ("X-Error-Id", "0ac9b0e6-2f4b-4a5e-9f0e-6a4b1f0f0c55")),
    )
