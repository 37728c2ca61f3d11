// Forwards a bot's events to botbridge: LivePerson Functions V1, event "bot_connectors_custom_integration".
//
// Secret gateway_key: one of the account's API keys. Environment variables:
//   GATEWAY_URL          https://HOST/v1/accounts/ACCOUNT/bots/BOT/events
//   ESCALATION_SKILL     optional: where a conversation goes when the gateway fails; without it LivePerson is given the error
//   ESCALATION_MESSAGE   optional: what the consumer reads then
//   GATEWAY_TIMEOUT_MS   optional: milliseconds for the whole call, 27000 at most

const { Toolbelt } = require("lp-faas-toolbelt");

const SECRET = "gateway_key";
const LONGEST = 27000; // LivePerson ends a function after 30 s
const CALLS_PER_SECOND = 19; // LivePerson refuses the 21st

// One instance serves many events at once, so nothing of an event is kept here.
let key; // read once, and again after a 401
let calls = []; // when the last second's calls were sent

class Failure extends Error {
  // A mistake in the set-up should be seen by whoever watches LivePerson's errors; an outage, by nobody.
  constructor(message, isMistake = false) {
    super(message);
    this.isMistake = isMistake;
  }
}

async function lambda(input, callback) {
  let failure = null;
  let result = null;
  try {
    result = await answer(input.payload);
  } catch (error) {
    failure = error;
  }
  callback(failure, result);
}

async function answer(payload) {
  try {
    const limit = Math.min(Number(process.env.GATEWAY_TIMEOUT_MS) || LONGEST, LONGEST);
    return await within(limit, forward(payload, limit));
  } catch (error) {
    // Errors of others may carry the request, with payload and key: only our own words leave this function.
    const failure = error instanceof Failure ? error : new Failure(`unexpected ${error && error.name}`, true);
    const skill = process.env.ESCALATION_SKILL;
    if (failure.isMistake || !skill) {
      console.error(`Failed: ${failure.message}`);
      throw failure;
    }
    console.warn(`Escalated to ${skill}: ${failure.message}`);
    return {
      messages: [process.env.ESCALATION_MESSAGE || "One moment, I will connect you."],
      context: { action: "TRANSFER", actionParameters: { skill } },
    };
  }
}

async function forward(payload, limit) {
  if (!/^https?:\/\/[^/]/.test(process.env.GATEWAY_URL)) throw new Failure("GATEWAY_URL is not a URL", true);
  const known = key === undefined ? (key = await readKey()) : key;
  let { status, body } = await post(payload, known, limit);
  if (status === 401) {
    key = await readKey();
    if (key !== known) ({ status, body } = await post(payload, key, limit));
  }
  const isOutage = status === 429 || status >= 500;
  if (status !== 200) throw new Failure(`the gateway answered ${status}`, !isOutage);
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw new Failure("the answer is no JSON object");
  return body;
}

async function post(payload, bearer, limit) {
  countCall();
  const headers = { authorization: `Bearer ${bearer}` };
  const { sequence } = (payload.context && payload.context.lpEvent) || {};
  if (["number", "string"].includes(typeof sequence)) {
    headers["idempotency-key"] = encodeURIComponent(`${payload.convId}:${sequence}`);
  }
  const options = { method: "POST", json: true, headers, body: payload, timeout: limit, simple: false, resolveWithFullResponse: true };
  try {
    const answered = await Toolbelt.HTTPClient()(process.env.GATEWAY_URL, options);
    // LivePerson's client gives the response; the one of its command-line tool (lpf) gives the body alone ...
    const isResponse = answered !== null && typeof answered === "object" && typeof answered.statusCode === "number";
    return isResponse ? { status: answered.statusCode, body: answered.body } : { status: 200, body: answered };
  } catch (error) {
    if (error && typeof error.statusCode === "number") return { status: error.statusCode }; // ... and raises every other status.
    throw new Failure("the gateway cannot be reached");
  }
}

async function readKey() {
  try {
    return (await Toolbelt.SecretClient().readSecret(SECRET)).value;
  } catch {
    throw new Failure(`the secret ${SECRET} cannot be read`, true);
  }
}

function countCall() {
  const now = Date.now();
  calls = calls.filter((time) => time <= now && now - time < 1000);
  if (calls.length >= CALLS_PER_SECOND) throw new Failure(`more than ${CALLS_PER_SECOND} calls in a second`);
  calls.push(now);
}

// The one timer: LivePerson advises against them, yet the client's own limit ends with the headers, not with the body.
function within(limit, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Failure(`no answer within ${limit} ms`)), limit);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
