from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulators.exports.bot import Context, EntityValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulators.exports.bot import Export

TEXT = {"messages": [{"contentType": "PlainText", "content": "text"}]}
RESOURCE = {
    "name": "Desk",
    "locale": "en-GB",
    "intents": [
        {
            "name": "Order",
            "sampleUtterances": ["order {size}"],
            "slots": [
                {"name": "size", "slotType": "Size", "slotConstraint": "Required", "valueElicitationPrompt": TEXT}
            ],
            "outputContexts": [{"name": "c", "timeToLiveInSeconds": 30, "turnsToLive": 3}],
            "confirmationPrompt": TEXT,
            "rejectionStatement": TEXT,
            "conclusionStatement": TEXT,
        },
        {"name": "Never", "rejectionStatement": TEXT},
    ],
    "slotTypes": [
        {
            "name": "Size",
            "enumerationValues": [{"value": "small", "synonyms": ["tiny"]}],
            "valueSelectionStrategy": "TOP_RESOLUTION",
        },
        {"name": "Free", "enumerationValues": [{"value": "x"}], "valueSelectionStrategy": "ORIGINAL_VALUE"},
        {"name": "Code", "slotTypeConfigurations": [{"regexConfiguration": {"pattern": "[0-9]+"}}]},
    ],
    "abortStatement": TEXT,
    "clarificationPrompt": TEXT,
}


def test_a_bot(read_members: Callable[[Mapping[str, Any]], Export]) -> None:
    bot = read_members({"": {"metadata": {"importType": "LEX"}, "resource": RESOURCE}}).bot
    assert bot is not None
    order, never, fallback = bot.intents
    [context] = order.output_contexts
    [slot] = order.parameters
    assert (bot.name, bot.language) == ("Desk", "en_GB")
    assert context == Context("c", 3, context.place, 30)
    assert (slot.name, slot.entity, slot.required, len(slot.prompts)) == ("size", "Size", True, 1)
    assert [len(order.confirmation), len(order.declined), len(never.confirmation), len(never.declined)] == [1, 1, 0, 1]
    assert (fallback.name, fallback.is_fallback, order.is_fallback) == ("FallbackIntent", True, False)
    assert [(answer.name, answer.place.path) for answer in bot.answers] == [
        ("Order", "$.resource.intents[0].conclusionStatement"),
        ("Never", "$.resource.intents[1].rejectionStatement"),
        ("clarificationPrompt", "$.resource.clarificationPrompt"),
    ]
    assert [(entity.name, entity.values, entity.closed) for entity in bot.entities] == [
        ("Size", (EntityValue("small", ("tiny",)),), True),
        ("Free", (EntityValue("x"),), False),
        ("Code", (EntityValue("[0-9]+", (), ("[0-9]+",)),), True),
    ]
