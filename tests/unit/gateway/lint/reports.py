"""A report for the tests of the formats: two exports with findings of each severity, and a file that is none."""

from dataclasses import replace

from gateway.lint.findings import Refusal, Report
from tests.unit.gateway.lint.mistakes import lint_folder

ORDER = "intents/Order.json"
MESSAGES = ("responses", 0, "messages")


def make_report() -> Report:
    """Make the report."""
    agent = lint_folder(
        "dialogflow-es",
        [
            {"member": "intents/Long.json"},
            {"member": ORDER, "path": ["name"], "value": "Order\n\x1b[31m<1>"},
            {"member": ORDER, "path": [*MESSAGES, 0, "speech"], "value": [" "]},
            {"member": ORDER, "path": [*MESSAGES, 1, "payload"], "value": {"delay": "soon"}},
        ],
        {},
    )
    bot = lint_folder(
        "lex-v1",
        [
            {
                "member": "parcel_desk.json",
                "path": ["resource", "intents", 1, "conclusionStatement", "messages", 1, "content"],
                "value": "{",
            }
        ],
        {},
    )
    zipped = replace(bot, file="exports/my bot.zip", is_folder=False)
    return Report((replace(agent, file="exports/agent"), zipped), (Refusal("exports/x.json", "is no export"),))
