from gateway.contract.catalogue import CATALOGUE, RaisedBy
from gateway.lint.codes import CODES, OWN_PREFIX


def test_a_code_is_the_testers_or_lints_own() -> None:
    others = {code for code in CODES if not code.startswith(OWN_PREFIX)}

    assert {CATALOGUE[code].raised_by for code in others} == {RaisedBy.TESTER}
    assert {code: (entry.meaning, entry.remedy) for code, entry in CODES.items() if code in others} == {
        code: (CATALOGUE[code].meaning, CATALOGUE[code].remedy) for code in others
    }
    assert not set(CODES) - others & set(CATALOGUE)


def test_every_code_of_the_tester_that_an_export_can_show_is_given() -> None:
    """Not given: what needs a conversation, and what belongs to vendors whose exports are not read."""
    left_out = {code for code, entry in CATALOGUE.items() if entry.raised_by is RaisedBy.TESTER} - set(CODES)

    assert {code.partition("-invalid")[0] for code in left_out} == {
        "common",
        "dialog-flow-cx",
        "liveperson-functions",
        "custom-endpoint",
        "microsoft-bot-framework",
        "ebot7",
    }
    assert "common-invalid-ai-vendor-response" in left_out
