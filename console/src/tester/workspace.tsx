/** One bot: the conversation on one side, the chosen turn on the other. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Bot, Channel } from "../api/types";
import { parseObject } from "../json/parse";
import { Icon } from "../shell/icons";
import { linkTo } from "../shell/route";
import { Tabs } from "../ui/tabs";
import { BotPicker } from "./bot-picker";
import { Composer } from "./chat/composer";
import { SdesDialog } from "./chat/dialogs";
import { Transcript } from "./chat/transcript";
import { type Place, useConversation } from "./conversation/use-conversation";
import { Recorded } from "./recorded/recorded";
import { RecordedTurn, useRecordedTurn } from "./recorded/recorded-turn";
import type { SavedConversation } from "./saved/file";
import { PlayedAgain } from "./saved/played-again";
import { ConversationToolbar, toFile } from "./saved/toolbar";
import { NothingYet, TurnSkeleton, TurnSteps } from "./turn/frame";
import { TurnView } from "./turn/turn-view";

interface Props {
  bots: readonly Bot[];
  bot: Bot;
  /** Whether real turns are looked at, rather than a conversation of one's own. */
  recorded: boolean;
  onBot: (bot: Bot) => void;
}

type Source = "conversation" | "recorded";
type Side = "chat" | "turn";
const NO_SDES = '{\n  "authenticatedSdes": {},\n  "unauthenticatedSdes": {}\n}';

/** Hold the conversation with the chosen bot, and what is looked at. */
export function Workspace({ bots, bot, recorded: showsRecorded, onBot }: Props): JSX.Element {
  const [channel, setChannel] = useState<Channel>(bot.channel);
  const [environment, setEnvironment] = useState<string | null>(null);
  const [sdesText, setSdesText] = useState(NO_SDES);
  const [editingSdes, setEditingSdes] = useState(false);
  const [file, setFile] = useState<{ conversation: SavedConversation; name: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [playing, setPlaying] = useState(false);
  const [side, setSide] = useState<Side>("chat");
  const [chosen, setChosen] = useState<number | null>(null);
  const [recordedId, setRecordedId] = useState<string | null>(null);

  const place: Place = { account: bot.account, bot: bot.bot, environment, channel };
  const sdes = parseObject(sdesText);
  const talk = useConversation(place, "value" in sdes ? sdes.value : {});
  const { conversation } = talk;
  const { exchanges } = conversation;
  const source: Source = showsRecorded ? "recorded" : "conversation";
  const setSource = (to: Source): void => {
    location.hash = linkTo("tester", bot.account, bot.bot) + (to === "recorded" ? "/recorded" : "");
  };
  const recorded = useRecordedTurn(bot, recordedId);

  // Another bot has its own channel, environments and recorded turns.
  useEffect(() => {
    setChannel(bot.channel);
    setEnvironment(null);
    setRecordedId(null);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the live stream renews the bot all the time; only another one counts
  }, [bot.account, bot.bot]);

  // The newest turn is looked at, until the reader chooses another.
  useEffect(() => setChosen(null), [exchanges.length]);
  const selected = chosen ?? exchanges.at(-1)?.sequence ?? null;
  const index = exchanges.findIndex((exchange) => exchange.sequence === selected);
  const exchange = exchanges[index];

  const play = async (saved: SavedConversation): Promise<void> => {
    setSource("conversation");
    setPlaying(true);
    await talk.playAgain(saved.turns);
    setPlaying(false);
  };

  const choose = (sequence: number): void => {
    setChosen(sequence);
    setSource("conversation");
  };

  return (
    <div class={`tester side-${side}`}>
      <h1 class="visually-hidden">Tester of {bot.bot}</h1>
      <div class="tester-bar">
        <BotPicker
          bots={bots}
          bot={bot}
          environment={environment}
          channel={channel}
          onBot={onBot}
          onEnvironment={setEnvironment}
          onChannel={setChannel}
        />
        <a class="quiet-button dashboard-link" href={linkTo("bots", bot.account, bot.bot)} title="How this bot is doing">
          <Icon name="chart" size={18} /> <span>Its dashboard</span>
        </a>
      </div>
      {editingSdes && <SdesDialog text={sdesText} onText={setSdesText} onClose={() => setEditingSdes(false)} />}
      <div class="side-switch segmented" role="group" aria-label="What is shown">
        <button type="button" aria-pressed={side === "chat"} onClick={() => setSide("chat")}>
          Chat
        </button>
        <button type="button" aria-pressed={side === "turn"} onClick={() => setSide("turn")}>
          Turn
        </button>
      </div>
      <div class="tester-columns">
        <section class="chat-column card" aria-label="Chat">
          <Tabs
            label="Source"
            tabs={[
              { name: "conversation", title: "Conversation" },
              {
                name: "recorded",
                title: (
                  <>
                    Recorded
                    {bot.recordingUntil !== null && (
                      <span class="recording-dot">
                        <span class="visually-hidden"> (recording)</span>
                      </span>
                    )}
                  </>
                ),
              },
            ]}
            chosen={source}
            onChoose={setSource}
          >
            {source === "conversation" ? (
              <>
                <ConversationToolbar
                  bot={bot}
                  place={place}
                  conversation={conversation}
                  busy={talk.asking || playing}
                  onOpened={(opened, name) => setFile({ conversation: opened, name })}
                  onProblem={setProblem}
                  onPlayAgain={() => {
                    const saved = toFile(bot, place, conversation);
                    setFile({ conversation: saved, name: "The conversation so far" });
                    void play(saved);
                  }}
                  onBegin={talk.begin}
                />
                {problem !== null && (
                  <p class="refusal file-problem" role="alert">
                    {problem}
                  </p>
                )}
                {file && (
                  <PlayedAgain
                    file={file.conversation}
                    name={file.name}
                    exchanges={exchanges}
                    playing={playing}
                    onPlay={() => void play(file.conversation)}
                    onStop={talk.stop}
                    onClose={() => setFile(null)}
                    onSelect={(sequence) => {
                      choose(sequence);
                      setSide("turn");
                    }}
                  />
                )}
                <Transcript
                  conversation={conversation}
                  selected={selected}
                  onSelect={choose}
                  onSay={talk.say}
                  onNotice={talk.notice}
                  onSkip={talk.skip}
                />
                <Composer
                  busy={talk.asking || playing}
                  sdesSet={sdesText !== NO_SDES}
                  onSay={talk.say}
                  onSdes={() => setEditingSdes(true)}
                />
              </>
            ) : (
              <Recorded
                bot={bot}
                selected={recordedId}
                onSelect={(id) => {
                  setRecordedId(id);
                  setSide("turn");
                }}
              />
            )}
          </Tabs>
        </section>
        <section class="turn-column card" aria-label="The chosen turn">
          {source === "recorded" ? (
            <RecordedTurn recorded={recorded} />
          ) : exchange ? (
            <>
              <TurnSteps index={index} count={exchanges.length} onGo={(to) => setChosen(exchanges[to]?.sequence ?? null)} />
              {exchange.turn ? (
                <TurnView turn={exchange.turn} saved={exchange.saved} />
              ) : exchange.problem === null ? (
                <TurnSkeleton />
              ) : (
                <p class="nothing" role="alert">
                  {exchange.problem}
                </p>
              )}
            </>
          ) : (
            <NothingYet />
          )}
        </section>
      </div>
    </div>
  );
}
