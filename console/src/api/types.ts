/** The shapes of the console's API (docs/console.md). Times are ISO 8601 in UTC, or milliseconds where the name says so. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export type BotState = "Online" | "Vendor Interruption" | "Service Interruption" | "Offline";
export type Channel = "messaging" | "chat";
export type Circuit = "closed" | "open" | "half-open";

export interface Session {
  version: string;
  expires: string;
}

export interface LastError {
  name: string;
  errorId: string;
  message: string;
  remedy: string;
  at: string;
}

export interface Bot {
  account: string;
  bot: string;
  vendor: string;
  channel: Channel;
  environments: string[];
  state: BotState;
  since: string;
  circuit: Circuit | null;
  limits: { inFlight: number | null; perSecond: number | null };
  inFlight: number;
  /** Median latency, a value a minute for 30 minutes, oldest first; null for a minute without turns. */
  latencyMs: (number | null)[];
  turns: (number | null)[];
  hooks: { pre: string[]; post: string[]; error: string[] };
  /** The skill that a failed turn is handed over to. */
  escalation: string | null;
  recordingUntil: string | null;
  lastError: LastError | null;
}

export interface StateSpan {
  state: BotState;
  since: string;
  until: string | null;
}

export interface Figures {
  /** Seconds. */
  window: number;
  /** Seconds that one point of a series stands for. */
  resolution: number;
  /** When the first point begins, in milliseconds since 1970. */
  begins: number;
  series: {
    turns: number[];
    conversations: number[];
    closed: number[];
    transferred: number[];
    escalated: number[];
    failed: number[];
    p50Ms: (number | null)[];
    p95Ms: (number | null)[];
    p99Ms: (number | null)[];
  };
  totals: {
    turns: number;
    conversations: number;
    closed: number;
    transferred: number;
    escalated: number;
    failed: number;
  };
  latency: {
    p50Ms: number | null;
    p90Ms: number | null;
    p95Ms: number | null;
    p99Ms: number | null;
    maxMs: number | null;
  };
  /** 0 to 1; null when nothing is known of the window. */
  uptime: number | null;
  /** Newest last. */
  states: StateSpan[];
}

export interface CatalogueError {
  code: string;
  errorId: string;
  message: string;
  meaning: string;
  remedy: string;
}

export interface LoggedError extends CatalogueError {
  at: string;
  conversation: string;
  kind: string;
  outcome: "escalated" | "failed";
}

export type Step = "queue" | "pre_hooks" | "attempt" | "wait" | "post_hooks" | "read";

export interface Span {
  step: Step;
  /** Milliseconds since the turn began. */
  beganMs: number;
  ms: number;
  /** Why an attempt failed, in a word or two. */
  failure: string | null;
}

export interface Finding {
  /** Where in the draft, for example `$.messages[0].structuredContent.elements[1]`. */
  path: string;
  message: string;
  severity: "error" | "warning";
}

/** LivePerson's answer: docs/contract/custom-integration.md section 2. */
export interface Reply {
  messages: Json[];
  context: JsonObject;
}

/** An event as LivePerson's connector sends it: docs/contract/custom-integration.md section 1. */
export interface EventPayload {
  convId: string;
  message?: string;
  event?: { name: string };
  context?: JsonObject;
}

export interface Turn {
  id: string;
  at: string;
  account: string;
  bot: string;
  /** Null for the bot as it is without an environment. */
  environment: string | null;
  vendor: string;
  channel: Channel;
  conversation: string;
  source: "tester" | "recorded";
  kind: string;
  outcome: string;
  totalMs: number;
  attempts: number;
  event: JsonObject;
  spans: Span[];
  /** The vendor's request before the pre hooks, and as it was sent. */
  request: { built: Json; sent: Json };
  /** The vendor's answer as it came, and after the post hooks. */
  answer: { given: Json; read: Json };
  /** The bot's answer as it was read, before LivePerson's rules dropped, changed or refused any of it. */
  draft: Reply | null;
  reply: Reply | null;
  warnings: string[];
  findings: Finding[];
  error: CatalogueError | null;
}

export type TurnSummary = Pick<Turn, "id" | "at" | "conversation" | "kind" | "outcome" | "totalMs" | "error">;

/** A recorded turn as the live stream tells of it. */
export type RecordedTurn = TurnSummary & Pick<Turn, "account" | "bot">;

export interface Recording {
  /** When recording ends; null while it is off. */
  until: string | null;
}

export type FiguresWindow = 600 | 3600 | 21600 | 86400 | 604800;
