/** Save, open, play again. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";

import type { Bot } from "../../api/types";
import { Icon } from "../../shell/icons";
import type { Conversation } from "../conversation/state";
import type { Place } from "../conversation/use-conversation";
import { FORMAT, LARGEST_FILE, readFile, type SavedConversation, toAnswer, toSavedEvent, VERSION, writeFile } from "./file";

interface Props {
  bot: Bot;
  place: Place;
  conversation: Conversation;
  busy: boolean;
  onOpened: (file: SavedConversation, name: string) => void;
  onProblem: (problem: string | null) => void;
  onPlayAgain: () => void;
  onBegin: () => void;
}

/** Show the buttons that concern the conversation as a whole. */
export function ConversationToolbar(props: Props): JSX.Element {
  const { bot, place, conversation, busy, onOpened, onProblem, onPlayAgain, onBegin } = props;
  const input = useRef<HTMLInputElement>(null);
  const empty = conversation.exchanges.length === 0;

  const open = async (file: File | undefined): Promise<void> => {
    if (!file) {
      return;
    }
    if (file.size > LARGEST_FILE) {
      onProblem(`${file.name} is larger than ${LARGEST_FILE / 1024 / 1024} MB.`);
      return;
    }
    const read = readFile(await file.text());
    if ("problem" in read) {
      onProblem(`${file.name}: ${read.problem}`);
    } else {
      onProblem(null);
      onOpened(read, file.name);
    }
  };

  return (
    <div class="conversation-toolbar" role="group" aria-label="Conversation as a whole">
      <button type="button" class="quiet-button small-quiet" disabled={empty} onClick={onBegin}>
        <Icon name="plus" size={15} /> New
      </button>
      <button type="button" class="quiet-button small-quiet" disabled={empty || busy} onClick={onPlayAgain}>
        <Icon name="replay" size={15} /> Play again
      </button>
      <button type="button" class="quiet-button small-quiet" disabled={empty || busy} onClick={() => save(toFile(bot, place, conversation))}>
        <Icon name="save" size={15} /> Save
      </button>
      <button type="button" class="quiet-button small-quiet" disabled={busy} onClick={() => input.current?.click()}>
        <Icon name="open" size={15} /> Open
      </button>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label="Conversation file"
        onChange={(event) => {
          const field = event.currentTarget;
          void open(field.files?.[0]).then(() => {
            // So that the same file can be opened once more.
            field.value = "";
          });
        }}
      />
    </div>
  );
}

/** Turn a conversation into what is saved of it. */
export function toFile(bot: Bot, place: Place, conversation: Conversation): SavedConversation {
  return {
    format: FORMAT,
    version: VERSION,
    saved: new Date().toISOString(),
    bot: {
      account: place.account,
      bot: place.bot,
      environment: place.environment,
      channel: place.channel,
      vendor: bot.vendor,
    },
    turns: conversation.exchanges.map(({ event, turn }) => ({
      event: toSavedEvent(event),
      answer: turn ? toAnswer(turn) : null,
    })),
  };
}

function save(file: SavedConversation): void {
  const url = URL.createObjectURL(new Blob([writeFile(file)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${file.bot.account}-${file.bot.bot}-${file.saved.slice(0, 19).replace(/[:T]/g, "-")}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
