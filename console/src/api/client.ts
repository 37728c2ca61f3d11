/** One function per route of the console's API. */

import type {
  Bot,
  Channel,
  EventPayload,
  Figures,
  FiguresWindow,
  LoggedError,
  Recording,
  Session,
  Turn,
  TurnSummary,
} from "./types";

/** Where the API is; relative to the page, so that a proxy may put the gateway under a path. */
export const API = "api/";

/** A refusal of the API, or no answer at all (`status` 0). */
export class ApiError extends Error {
  /** @param retryAfter seconds after which another try may succeed, where the gateway said so. */
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter: number | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

type SignedOut = () => void;
let signedOut: SignedOut = () => undefined;

/** Say what happens when the session turns out to have ended. */
export function onSignedOut(listener: SignedOut): void {
  signedOut = listener;
}

/** Tell that the session has ended: by a 401 here, or by the live connection. */
export function sessionEnded(): void {
  signedOut();
}

interface Options {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  signal?: AbortSignal | undefined;
}

async function ask(path: string, { method = "GET", body, signal }: Options = {}): Promise<unknown> {
  const init: RequestInit = { method, credentials: "same-origin", cache: "no-store" };
  if (method !== "GET") {
    // A page of another site cannot send this header without asking first.
    init.headers = { "Content-Type": "application/json", "X-Botbridge-Console": "1" };
    init.body = JSON.stringify(body ?? {});
  }
  if (signal) {
    init.signal = signal;
  }
  let response: Response;
  try {
    response = await fetch(API + path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") {
      throw error;
    }
    throw new ApiError(0, "The gateway does not answer. It may be restarting, or the network is down.");
  }
  if (response.ok) {
    return response.status === 204 ? null : ((await response.json()) as unknown);
  }
  if (response.status === 401 && path !== "sign-in") {
    signedOut();
  }
  const retryAfter = Number(response.headers.get("Retry-After"));
  throw new ApiError(response.status, await refusal(response), retryAfter > 0 ? retryAfter : null);
}

async function refusal(response: Response): Promise<string> {
  try {
    const body = (await response.json()) as { error?: { message?: unknown } };
    if (typeof body.error?.message === "string") {
      return body.error.message;
    }
  } catch {
    // Not JSON: a proxy's page; the status says what there is to say.
  }
  return `The gateway refused (HTTP ${response.status}).`;
}

const place = (account: string, bot: string): string =>
  `accounts/${encodeURIComponent(account)}/bots/${encodeURIComponent(bot)}`;

export async function signIn(token: string): Promise<void> {
  await ask("sign-in", { method: "POST", body: { token } });
}

export async function signOut(): Promise<void> {
  await ask("sign-out", { method: "POST" });
}

export const getSession = async (): Promise<Session> => (await ask("session")) as Session;

export async function getBots(signal?: AbortSignal): Promise<Bot[]> {
  return ((await ask("bots", { signal })) as { bots: Bot[] }).bots;
}

export async function getFigures(
  account: string,
  bot: string,
  window: FiguresWindow,
  signal?: AbortSignal,
): Promise<Figures> {
  return (await ask(`${place(account, bot)}/figures?window=${window}`, { signal })) as Figures;
}

export async function getErrors(
  account: string,
  bot: string,
  conversation = "",
  signal?: AbortSignal,
): Promise<LoggedError[]> {
  const query = conversation === "" ? "" : `?conversation=${encodeURIComponent(conversation)}`;
  return ((await ask(`${place(account, bot)}/errors${query}`, { signal })) as { errors: LoggedError[] }).errors;
}

/** What the tester sends: an event, and where it goes when that is not the bot's default. */
export interface TurnRequest {
  event: EventPayload;
  channel?: Channel;
  environment?: string;
}

export async function runTurn(account: string, bot: string, request: TurnRequest, signal?: AbortSignal): Promise<Turn> {
  return (await ask(`${place(account, bot)}/turns`, { method: "POST", body: request, signal })) as Turn;
}

export async function getTurns(account: string, bot: string, signal?: AbortSignal): Promise<TurnSummary[]> {
  return ((await ask(`${place(account, bot)}/turns`, { signal })) as { turns: TurnSummary[] }).turns;
}

export async function getTurn(account: string, bot: string, id: string, signal?: AbortSignal): Promise<Turn> {
  return (await ask(`${place(account, bot)}/turns/${encodeURIComponent(id)}`, { signal })) as Turn;
}

export async function getRecording(account: string, bot: string, signal?: AbortSignal): Promise<Recording> {
  return (await ask(`${place(account, bot)}/recording`, { signal })) as Recording;
}

export async function startRecording(account: string, bot: string, seconds: number): Promise<Recording> {
  return (await ask(`${place(account, bot)}/recording`, { method: "PUT", body: { seconds } })) as Recording;
}

export async function stopRecording(account: string, bot: string): Promise<Recording> {
  return (await ask(`${place(account, bot)}/recording`, { method: "DELETE" })) as Recording;
}
