from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulators.exports.bot import Action, Context, EntityValue, Parameter, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulators.exports.bot import Export

AGENT = {
    "agent/agent.json": {"displayName": "Desk", "language": "de"},
    "agent/intents/Ship.json": {
        "id": "i-1",
        "name": "Ship",
        "contexts": ["Order-Followup"],
        "events": [{"name": "SHIP"}],
        "priority": 0,
        "responses": [
            {
                "resetContexts": True,
                "action": "TRANSFER",
                "affectedContexts": [{"name": "Done"}],
                "parameters": [
                    {
                        "name": "city",
                        "dataType": "@city",
                        "value": "$city",
                        "required": True,
                        "prompts": [{"lang": "de", "value": "Wohin?"}, {"lang": "en", "value": "Where to?"}],
                    }
                ],
                "messages": [
                    {"type": "0", "lang": "de", "speech": ["eins", "zwei"]},
                    {"type": "0", "lang": "en", "speech": ["one"]},
                    {"type": "4", "lang": "de", "payload": {"delay": 1}},
                ],
            }
        ],
    },
    "agent/intents/Ship_usersays_de.json": [
        {
            "data": [
                {"text": "nach "},
                {"text": "Berlin", "meta": "@city", "alias": "city"},
                {"text": " bitte", "meta": "@sys.ignore"},
            ]
        },
        {"data": [{"text": "schick es @city:city"}], "isTemplate": True},
    ],
    "agent/intents/Ship_usersays_en.json": [{"data": [{"text": "ship it"}]}],
    "agent/entities/city.json": {"name": "city", "automatedExpansion": True},
    "agent/entities/city_entries_de.json": [{"value": "Berlin", "synonyms": ["Spreeathen"]}],
    "agent/entities/code.json": {
        "name": "code",
        "isRegexp": True,
        "entries": [{"value": "id", "synonyms": ["[0-9]+"]}],
    },
}


def test_an_agent(read_members: Callable[[Mapping[str, Any]], Export]) -> None:
    bot = read_members(AGENT).bot
    assert bot is not None
    [intent] = bot.intents
    assert (bot.name, bot.language, intent.name, intent.id, intent.priority) == ("Desk", "de", "Ship", "i-1", 500_000)
    assert [phrase.parts for phrase in intent.phrases] == [
        (Part("nach "), Part("Berlin", "city", "city"), Part(" bitte")),
        (Part("schick es "), Part("@city:city", "city", "city")),
    ]
    assert (intent.events, intent.input_contexts, intent.resets_contexts) == (("SHIP",), ("order-followup",), True)
    [parameter] = intent.parameters
    [context] = intent.output_contexts
    assert context == Context("done", 5, context.place)
    assert parameter == Parameter("city", "$city", "city", True, False, None, parameter.prompts, parameter.place)
    assert [prompt.variants[0].native for prompt in parameter.prompts] == [{"text": {"text": ["Wohin?"]}}]
    assert [(entity.name, entity.values, entity.closed) for entity in bot.entities] == [
        ("city", (EntityValue("Berlin", ("Spreeathen",)),), False),
        ("code", (EntityValue("id", (), ("[0-9]+",)),), True),
    ]


def test_what_an_intent_says_and_where_that_stands(read_members: Callable[[Mapping[str, Any]], Export]) -> None:
    bot = read_members(AGENT).bot
    assert bot is not None
    [answer] = bot.answers
    [action] = answer.actions
    assert action == Action("TRANSFER", {"city": "$city"}, action.place)
    assert [
        [(str(each.place).partition(": ")[2], each.native) for each in message.variants] for message in answer.messages
    ] == [
        [
            ("agent/intents/Ship.json: $.responses[0].messages[0].speech[0]", {"text": {"text": ["eins"]}}),
            ("agent/intents/Ship.json: $.responses[0].messages[0].speech[1]", {"text": {"text": ["zwei"]}}),
        ],
        [("agent/intents/Ship.json: $.responses[0].messages[2].payload", {"payload": {"delay": 1}})],
    ]
