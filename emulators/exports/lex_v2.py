"""Read a bot export of Amazon Lex V2: a file for each part of the bot.

https://docs.aws.amazon.com/lexv2/latest/dg/import-export-format.html; members of the files are those of the API
(https://docs.aws.amazon.com/lexv2/latest/APIReference/API_DescribeIntent.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulators.exports.bot import Answer, Bot, Context, Entity, EntityValue, Intent, Message, Parameter, Place, Problem
from emulators.exports.cursor import Cursor, Notes, open_member
from emulators.exports.lex_messages import note_built_in, read_utterance, read_v2_groups
from emulators.exports.lex_v1 import FALLBACK_SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulators.exports.source import Source

PREFERRED = "en_US"


def is_export(source: Source) -> bool:
    """Tell whether this is a bot of Lex V2."""
    return source.find("Bot.json") is not None or any("BotLocales" in name.split("/") for name in source.members)


def read(source: Source, name: str, notes: Notes) -> Bot:
    """Read the bot in one of its locales: en_US, or the first."""
    main = source.find("Bot.json")
    bot = open_member(source, main, notes) if main is not None else None
    if bot is None:
        bot = Cursor({}, Place(source.file, "Bot.json"), notes)
    locales = sorted({path[0] for member in source.members if (path := _in_locales(member))})
    if not locales:
        notes.problems.append(Problem(bot.place, "the bot has no locale: there is no folder BotLocales with one"))
    locale = PREFERRED if PREFERRED in locales or not locales else locales[0]
    if others := [other for other in locales if other != locale]:
        notes.remarks.append(Problem(bot.place, f"the locale {locale} is played, not {', '.join(others)}"))
    return Bot(
        name=bot.text("name") or name,
        format="lex-v2",
        language=locale,
        intents=tuple(_read_intents(source, locale, notes)),
        entities=tuple(_read_slot_types(source, locale, notes)),
        place=bot.place,
    )


def _in_locales(member: str) -> list[str]:
    """Return the path of a member below the folder BotLocales; empty for members elsewhere."""
    path = member.split("/")
    return path[path.index("BotLocales") + 1 :] if "BotLocales" in path[:-2] else []


def _find(source: Source, locale: str, *pattern: str) -> Iterator[str]:
    """Return the members of a locale whose path is this; `*` stands for any one name."""
    wanted = (locale, *pattern)
    for member in source.members:
        path = _in_locales(member)
        if len(path) == len(wanted) and all(want in ("*", step) for want, step in zip(wanted, path, strict=True)):
            yield member


def _read_intents(source: Source, locale: str, notes: Notes) -> Iterator[Intent]:
    for member in _find(source, locale, "Intents", "*", "Intent.json"):
        intent = open_member(source, member, notes)
        if intent is None:
            continue
        folder = _in_locales(member)[-2]
        slots = [
            slot
            for each in _find(source, locale, "Intents", folder, "Slots", "*", "Slot.json")
            if (slot := open_member(source, each, notes)) is not None
        ]
        yield _read_intent(intent, slots)


def _read_intent(intent: Cursor, slots: list[Cursor]) -> Intent:
    name = intent.text("name", required=True)
    ranks = {each.text("slotName"): each.number("priority", 100) for each in intent.objects("slotPriorities")}
    slots = sorted(slots, key=lambda slot: ranks.get(slot.text("name"), 100))
    types = {slot.text("name"): slot.text("slotTypeName") or None for slot in slots}
    for hook in ("fulfillmentCodeHook", "dialogCodeHook"):
        if intent.object(hook).flag("enabled"):
            intent.at(hook).remark("the code hook is not called; the intent's own messages are sent")
    note_built_in(intent, FALLBACK_SIGNATURE)
    for setting in ("initialResponseSetting", "intentClosingSetting", "intentConfirmationSetting"):
        if _is_on(branches := intent.object(setting).object("conditional")):
            branches.remark("conditions and their branches are not played; the responses beside them are sent")
    confirmation = intent.object("intentConfirmationSetting")
    return Intent(
        name=name,
        id=intent.text("identifier") or name,
        phrases=tuple(
            read_utterance(each.text("utterance"), types, each.place / "utterance")
            for each in intent.objects("sampleUtterances")
        ),
        place=intent.place,
        answer=Answer(name, _read_messages(intent), (), intent.place),
        is_fallback=intent.text("parentIntentSignature") == FALLBACK_SIGNATURE,
        input_contexts=tuple(context.text("name", required=True) for context in intent.objects("inputContexts")),
        output_contexts=tuple(
            Context(
                context.text("name", required=True),
                context.number("turnsToLive", 20),
                context.place,
                context.number("timeToLiveInSeconds", 1200),
            )
            for context in intent.objects("outputContexts")
        ),
        parameters=tuple(_read_slot(slot) for slot in slots),
        confirmation=_read_confirmation(confirmation),
        declined=read_v2_groups(confirmation.object("declinationResponse")),
    )


def _read_confirmation(setting: Cursor) -> tuple[Message, ...]:
    return read_v2_groups(setting.object("promptSpecification")) if _is_active(setting) else ()


def _is_on(conditional: Cursor) -> bool:
    return bool(conditional.value) and _is_active(conditional)


def _is_active(setting: Cursor) -> bool:
    """Tell whether a setting is on; it is unless it says otherwise."""
    return setting.at("isActive").value is not False


def _read_messages(intent: Cursor) -> tuple[Message, ...]:
    """Read what is said in a turn that needs no more of the consumer: at the start, when fulfilled, and in closing."""
    initial = intent.object("initialResponseSetting").object("initialResponse")
    hook = intent.object("fulfillmentCodeHook")
    updates = [
        holder.object("postFulfillmentStatusSpecification").object("successResponse")
        for holder in (intent.object("fulfillmentUpdatesSpecification"), hook)
    ]
    # With a code hook that is switched off the intent is returned, and nothing is said about its fulfilment.
    said_when_fulfilled = [] if hook.at("isActive").value is False else updates
    closing = intent.object("intentClosingSetting")
    holders = [initial, *said_when_fulfilled, *([closing.object("closingResponse")] if _is_active(closing) else [])]
    return tuple(message for holder in holders for message in read_v2_groups(holder))


def _read_slot(slot: Cursor) -> Parameter:
    setting = slot.object("valueElicitationSetting")
    defaults = setting.object("defaultValueSpecification").objects("defaultValueList")
    return Parameter(
        name=slot.text("name", required=True),
        value=None,
        entity=slot.text("slotTypeName") or None,
        required=setting.text("slotConstraint") == "Required",
        is_list=slot.object("multipleValuesSetting").flag("allowMultipleValues"),
        default=defaults[0].text("defaultValue") if defaults else None,
        prompts=read_v2_groups(setting.object("promptSpecification")),
        place=slot.place,
    )


def _read_slot_types(source: Source, locale: str, notes: Notes) -> Iterator[Entity]:
    for member in _find(source, locale, "SlotTypes", "*", "SlotType.json"):
        if (slot_type := open_member(source, member, notes)) is None:
            continue
        setting = slot_type.object("valueSelectionSetting")
        pattern = setting.object("regexFilter").text("pattern")
        values = [
            EntityValue(
                value.object("sampleValue").text("value"),
                tuple(way.text("value") for way in value.objects("synonyms")),
            )
            for value in slot_type.objects("slotTypeValues")
        ]
        values += [EntityValue(pattern, (), (pattern,))] if pattern else []
        strategy = setting.text("resolutionStrategy")
        # The API spells the strategy TopResolution, exports TOP_RESOLUTION.
        closed = strategy.replace("_", "").casefold() == "topresolution" or bool(pattern)
        yield Entity(slot_type.text("name", required=True), tuple(values), slot_type.place, closed=closed)
