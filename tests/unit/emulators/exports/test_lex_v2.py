from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulators.exports.bot import EntityValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulators.exports.bot import Export


def respond(text: str) -> Any:
    return {"messageGroupsList": [{"message": {"plainTextMessage": {"value": text}}}]}


LOCALE = "Desk/BotLocales/de_DE"
BOT: dict[str, Any] = {
    "Manifest.json": {},
    "Desk/Bot.json": {"name": "Desk"},
    f"{LOCALE}/BotLocale.json": {},
    f"{LOCALE}/Intents/Order/Intent.json": {
        "name": "Order",
        "identifier": "ABC",
        "sampleUtterances": [{"utterance": "order {Size}"}],
        "slotPriorities": [{"slotName": "Size", "priority": 1}, {"slotName": "Count", "priority": 0}],
        "initialResponseSetting": {"initialResponse": respond("first")},
        "fulfillmentUpdatesSpecification": {
            "postFulfillmentStatusSpecification": {"successResponse": respond("second")}
        },
        "intentClosingSetting": {"closingResponse": respond("third")},
    },
    f"{LOCALE}/Intents/Order/Slots/Size/Slot.json": {"name": "Size", "slotTypeName": "Size"},
    f"{LOCALE}/Intents/Order/Slots/Count/Slot.json": {
        "name": "Count",
        "slotTypeName": "AMAZON.Number",
        "multipleValuesSetting": {"allowMultipleValues": True},
        "valueElicitationSetting": {"slotConstraint": "Required", "promptSpecification": respond("how many")},
    },
    f"{LOCALE}/SlotTypes/Size/SlotType.json": {
        "name": "Size",
        "slotTypeValues": [{"sampleValue": {"value": "klein"}, "synonyms": [{"value": "winzig"}]}],
        "valueSelectionSetting": {"resolutionStrategy": "TopResolution"},
    },
    f"{LOCALE}/SlotTypes/Code/SlotType.json": {
        "name": "Code",
        "valueSelectionSetting": {"resolutionStrategy": "ORIGINAL_VALUE", "regexFilter": {"pattern": "[0-9]+"}},
    },
    "Other/Intents/Stray/Intent.json": {"name": "Stray"},
}


def test_a_bot(read_members: Callable[[Mapping[str, Any]], Export]) -> None:
    bot = read_members(BOT).bot
    assert bot is not None
    [intent] = bot.intents
    [answer] = bot.answers
    assert (bot.name, bot.language, intent.name, intent.id) == ("Desk", "de_DE", "Order", "ABC")
    assert [(slot.name, slot.entity, slot.required, slot.is_list, len(slot.prompts)) for slot in intent.parameters] == [
        ("Count", "AMAZON.Number", True, True, 1),
        ("Size", "Size", False, False, 0),
    ]
    assert [(each.variants[0].native["content"], each.variants[0].place.path) for each in answer.messages] == [
        ("first", "$.initialResponseSetting.initialResponse.messageGroupsList[0].message.plainTextMessage.value"),
        (
            "second",
            (
                "$.fulfillmentUpdatesSpecification.postFulfillmentStatusSpecification.successResponse"
                ".messageGroupsList[0].message.plainTextMessage.value"
            ),
        ),
        ("third", "$.intentClosingSetting.closingResponse.messageGroupsList[0].message.plainTextMessage.value"),
    ]
    assert [(entity.name, entity.values, entity.closed) for entity in bot.entities] == [
        ("Code", (EntityValue("[0-9]+", (), ("[0-9]+",)),), True),
        ("Size", (EntityValue("klein", ("winzig",)),), True),
    ]


def test_without_an_active_code_hook_nothing_is_said_of_fulfilment(
    read_members: Callable[[Mapping[str, Any]], Export],
) -> None:
    path = f"{LOCALE}/Intents/Order/Intent.json"
    bot = read_members({**BOT, path: {**BOT[path], "fulfillmentCodeHook": {"enabled": False, "isActive": False}}}).bot
    assert bot is not None
    [answer] = bot.answers
    assert [each.variants[0].native["content"] for each in answer.messages] == ["first", "third"]
