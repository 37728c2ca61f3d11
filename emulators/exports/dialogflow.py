"""Read a Dialogflow ES agent.

https://cloud.google.com/dialogflow/es/docs/agents-settings#export; the files' members have no reference of Google's: they
are those of the API v1 (https://cloud.google.com/dialogflow/es/docs/reference/rest/v1/intents), as the console exports them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from emulators.exports.bot import (
    Action,
    Answer,
    Bot,
    Context,
    Entity,
    EntityValue,
    Intent,
    Message,
    Parameter,
    Part,
    Phrase,
    Place,
    Variant,
)
from emulators.exports.cursor import Cursor, Notes, open_member

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from emulators.exports.source import Source

_USER_SAYS = re.compile(r"(?P<name>.+)_usersays_(?P<language>[A-Za-z]{2,3}(-[A-Za-z0-9]+)*)")
_ENTRIES = re.compile(r"(?P<name>.+)_entries_(?P<language>[A-Za-z]{2,3}(-[A-Za-z0-9]+)*)")
_TEMPLATE = re.compile(r"@(?P<entity>[A-Za-z_][\w.-]*\w)(:(?P<alias>[\w-]+))?")
DEFAULT_PRIORITY = 500_000
DEFAULT_LIFESPAN = 5


def is_export(source: Source) -> bool:
    """Tell whether this is an agent: it has an agent.json, or a folder `intents`."""
    return source.find("agent.json") is not None or any("intents" in name.split("/")[:-1] for name in source.members)


def read(source: Source, name: str, notes: Notes) -> Bot:
    """Read the agent."""
    main = source.find("agent.json")
    agent = open_member(source, main, notes) if main is not None else None
    if agent is None:
        agent = Cursor({}, Place(source.file, "agent.json"), notes)
    language = agent.text("language") or "en"
    files = _sort_files(source, main)
    return Bot(
        name=agent.text("displayName") or name,
        format="dialogflow-es",
        language=language,
        intents=tuple(_read_intents(source, files["intents"], language, notes)),
        entities=tuple(_read_entities(source, files["entities"], language, notes)),
        place=agent.place,
    )


def _sort_files(source: Source, main: str | None) -> dict[str, dict[str, str]]:
    """Return, for the folders `intents` and `entities` of the agent, members by their names without `.json`."""
    top = main.removesuffix("agent.json") if main is not None else ""
    folders: dict[str, dict[str, str]] = defaultdict(dict)
    for member in source.members:
        if not member.startswith(top):
            continue
        *path, last = member[len(top) :].split("/")
        if path and path[-1] in ("intents", "entities"):
            folders[path[-1]][last[: -len(".json")]] = member
    return folders


def _companions(files: Mapping[str, str], pattern: re.Pattern[str], language: str) -> dict[str, str]:
    """Return the member that holds the phrases (entries) of each intent (entity) in the agent's language.

    Where there is none in that language, the first of the other languages is taken.
    """
    chosen: dict[str, tuple[int, str]] = {}
    for stem, member in files.items():
        if (found := pattern.fullmatch(stem)) is None:
            continue
        rank = _language_rank(found["language"], language)
        if found["name"] not in chosen or rank < chosen[found["name"]][0]:
            chosen[found["name"]] = (rank, member)
    return {name: member for name, (_, member) in chosen.items()}


def _is_companion(stem: str, pattern: re.Pattern[str], files: Mapping[str, str]) -> bool:
    found = pattern.fullmatch(stem)
    return found is not None and found["name"] in files


def _language_rank(given: str, wanted: str) -> int:
    if given.casefold() == wanted.casefold():
        return 0
    return 1 if given.casefold().partition("-")[0] == wanted.casefold().partition("-")[0] else 2


def _read_intents(source: Source, files: Mapping[str, str], language: str, notes: Notes) -> Iterator[Intent]:
    companions = _companions(files, _USER_SAYS, language)
    for stem, member in files.items():
        if _is_companion(stem, _USER_SAYS, files):
            continue
        intent = open_member(source, member, notes)
        if intent is None:
            continue
        # Older agents keep the phrases in the intent itself.
        says = intent.objects("userSays")
        if stem in companions and (listed := open_member(source, companions[stem], notes, list)) is not None:
            says = listed.elements(dict)
        yield _read_intent(intent, says, language)


def _read_intent(intent: Cursor, says: list[Cursor], language: str) -> Intent:
    name = intent.text("name", required=True)
    responses = intent.objects("responses")
    response = responses[0] if responses else Cursor({}, intent.place / "responses", intent.notes)
    for switch in ("webhookUsed", "webhookForSlotFilling"):
        if intent.flag(switch):
            intent.at(switch).remark("the webhook is not called; the intent's own answers are given")
    parameters = tuple(_read_parameter(parameter, language) for parameter in response.objects("parameters"))
    return Intent(
        name=name,
        id=intent.text("id") or name,
        phrases=tuple(_read_phrase(said) for said in says),
        place=intent.place,
        answer=Answer(name, _read_messages(response, language), _read_actions(response, parameters), response.place),
        events=tuple(event.text("name", required=True) for event in intent.objects("events")),
        is_fallback=intent.flag("fallbackIntent"),
        # 0 stands for the default: https://cloud.google.com/dialogflow/es/docs/reference/rest/v2/projects.agent.intents
        priority=intent.number("priority", 0) or DEFAULT_PRIORITY,
        input_contexts=tuple(fold_name(context.value) for context in intent.items("contexts") if _is_name(context)),
        output_contexts=tuple(
            Context(
                fold_name(context.text("name", required=True)),
                context.number("lifespan", DEFAULT_LIFESPAN),
                context.place,
            )
            for context in response.objects("affectedContexts")
        ),
        resets_contexts=response.flag("resetContexts"),
        parameters=parameters,
    )


def fold_name(name: str) -> str:
    """Return a context's name as it is compared: in lower case."""
    return name.lower()


def _is_name(context: Cursor) -> bool:
    return isinstance(context.checked(str, None).value, str)


def _read_phrase(said: Cursor) -> Phrase:
    parts: list[Part] = []
    for piece in said.objects("data"):
        text = piece.text("text")
        if said.flag("isTemplate"):
            parts += _read_template(text)
        else:
            # The console marks ignored words as @sys.ignore: they are plain text to us.
            entity = piece.text("meta").removeprefix("@")
            known = entity if entity and entity != "sys.ignore" else None
            parts.append(Part(text, known, piece.text("alias") or None))
    return Phrase(tuple(parts), said.place)


def _read_template(text: str) -> Iterator[Part]:
    """Take a phrase in template mode apart: `ship to @sys.geo-city:city`."""
    end = 0
    for found in _TEMPLATE.finditer(text):
        if found.start() > end:
            yield Part(text[end : found.start()])
        yield Part(found[0], found["entity"], found["alias"] or found["entity"])
        end = found.end()
    if end < len(text):
        yield Part(text[end:])


def _read_parameter(parameter: Cursor, language: str) -> Parameter:
    prompts = parameter.objects("prompts")
    return Parameter(
        name=parameter.text("name", required=True),
        value=parameter.at("value").value,
        entity=parameter.text("dataType").removeprefix("@") or None,
        required=parameter.flag("required"),
        is_list=parameter.flag("isList"),
        default=parameter.at("defaultValue").value,
        prompts=tuple(
            Message((_text_variant(prompt.text("value"), prompt.place / "value"),), prompt.place)
            for prompt in _in_language(prompts, language)
        ),
        place=parameter.place,
    )


def _read_actions(response: Cursor, parameters: tuple[Parameter, ...]) -> tuple[Action, ...]:
    name = response.text("action")
    if not name:
        return ()
    return (Action(name, {each.name: each.value for each in parameters}, response.place / "action"),)


def _read_messages(response: Cursor, language: str) -> tuple[Message, ...]:
    given = _in_language(response.objects("messages"), language)
    messages = tuple(message for each in given if (message := _read_message(each)) is not None)
    speech = [text for text in response.texts("speech") if text.value.strip()] if not given else []
    if speech:
        return (Message(tuple(_text_variant(text.value, text.place) for text in speech), speech[0].place),)
    return messages


def _in_language(items: list[Cursor], language: str) -> list[Cursor]:
    """Keep what is in the agent's language, or in none; where nothing is, what is in the language of the first."""
    ranks = [_language_rank(item.text("lang") or language, language) for item in items]
    best = min(ranks, default=0)
    if best < 2:
        return [item for item, rank in zip(items, ranks, strict=True) if rank == best or not item.text("lang")]
    return [item for item in items if item.text("lang") == items[0].text("lang")]


def _read_message(message: Cursor) -> Message | None:
    kind = message.at("type").value
    read = _MESSAGES.get(str(kind))
    if read is None:
        message.remark(f"a message of type {kind!r} is not sent")
        return None
    variants = read(message)
    platform = message.text("platform").upper()
    if platform:
        name = _PLATFORMS.get(platform, platform)
        if name not in PLATFORMS:
            message.at("platform").remark(f"a message for the platform {platform.lower()!r} is not sent")
            return None
        variants = [Variant({**variant.native, "platform": name}, variant.place) for variant in variants]
    return Message(tuple(variants), message.place) if variants else None


def _text_variant(text: str, place: Place) -> Variant:
    return Variant({"text": {"text": [text]}}, place)


def _read_text(message: Cursor) -> list[Variant]:
    speech = message.texts("speech")
    # An empty text response is sent as one empty text, which is a well-known mistake of bot authors.
    return [_text_variant(text.value, text.place) for text in speech] or [_text_variant("", message.place / "speech")]


def _read_payload(message: Cursor) -> list[Variant]:
    payload = message.at("payload")
    if payload.value is None:
        message.wrong("has no 'payload'")
    if not isinstance(payload.checked(dict, None).value, dict):
        return []
    return [Variant({"payload": payload.value}, payload.place)]


def _read_card(message: Cursor) -> list[Variant]:
    buttons = [{"text": each.text("text"), "postback": each.text("postback")} for each in message.objects("buttons")]
    members = {"title": "title", "subtitle": "subtitle", "imageUrl": "imageUri"}
    card: dict[str, Any] = {new: message.text(old) for old, new in members.items() if message.text(old)}
    return [Variant({"card": {**card, "buttons": buttons} if buttons else card}, message.place)]


def _read_quick_replies(message: Cursor) -> list[Variant]:
    replies = [reply.value for reply in message.texts("replies")]
    return [Variant({"quickReplies": {"title": message.text("title"), "quickReplies": replies}}, message.place)]


def _read_image(message: Cursor) -> list[Variant]:
    return [Variant({"image": {"imageUri": message.text("imageUrl")}}, message.place)]


_MESSAGES: Mapping[str, Callable[[Cursor], list[Variant]]] = {
    "0": _read_text,
    "1": _read_card,
    "2": _read_quick_replies,
    "3": _read_image,
    "4": _read_payload,
}
"""https://cloud.google.com/dialogflow/es/docs/reference/message-objects; exports have the number as number or as text."""
PLATFORMS = frozenset(
    {
        "PLATFORM_UNSPECIFIED",
        "FACEBOOK",
        "SLACK",
        "TELEGRAM",
        "KIK",
        "SKYPE",
        "LINE",
        "VIBER",
        "ACTIONS_ON_GOOGLE",
        "GOOGLE_HANGOUTS",
    }
)
"""https://cloud.google.com/dialogflow/es/docs/reference/rest/v2/projects.agent.intents#Platform"""
_PLATFORMS: Mapping[str, str] = {"GOOGLE": "ACTIONS_ON_GOOGLE", "HANGOUTS": "GOOGLE_HANGOUTS"}
"""Where an export names a platform otherwise than the API does."""


def _read_entities(source: Source, files: Mapping[str, str], language: str, notes: Notes) -> Iterator[Entity]:
    companions = _companions(files, _ENTRIES, language)
    for stem, member in files.items():
        if _is_companion(stem, _ENTRIES, files) or (entity := open_member(source, member, notes)) is None:
            continue
        entries = entity.objects("entries")
        if stem in companions and (listed := open_member(source, companions[stem], notes, list)) is not None:
            entries = listed.elements(dict)
        yield Entity(
            name=entity.text("name", required=True),
            values=tuple(_read_entry(entry, is_pattern=entity.flag("isRegexp")) for entry in entries),
            place=entity.place,
            closed=not entity.flag("automatedExpansion"),
        )


def _read_entry(entry: Cursor, *, is_pattern: bool) -> EntityValue:
    value = entry.text("value")
    ways = tuple(way.value for way in entry.texts("synonyms"))
    return EntityValue(value, (), ways or (value,)) if is_pattern else EntityValue(value, ways)
