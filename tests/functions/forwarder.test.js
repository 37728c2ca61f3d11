// The forwarding function in both runtimes, against a real gateway and against a server that misbehaves.

const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { after, before, describe, mock, test } = require("node:test");
const { inspect } = require("node:util");

const { ROOT, RUNTIMES, keepSecret } = require("./runtimes.js");
const { KEY, startGateway, startStandIn } = require("./services.js");

const read = (name) => JSON.parse(readFileSync(join(ROOT, "tests/data/functions", name), "utf8"));
const SKILL = "human-support";
const ESCALATION = { messages: ["Wait."], context: { action: "TRANSFER", actionParameters: { skill: SKILL } } };
const PRIVATE = "my card is 4111";

let gateway;
let standIn;
let conversations = 0;

before(async () => {
  [gateway, standIn] = await Promise.all([startGateway(), startStandIn()]);
});
after(() => Promise.all([gateway.stop(), standIn.stop()]));

function configure({ url = standIn.url, skill = SKILL, key = KEY, limit = 5000 } = {}) {
  const settings = { GATEWAY_URL: url, ESCALATION_SKILL: skill, ESCALATION_MESSAGE: "Wait.", GATEWAY_TIMEOUT_MS: limit };
  for (const [name, value] of Object.entries(settings)) {
    if (value === null) delete process.env[name];
    else process.env[name] = String(value);
  }
  keepSecret(key);
  standIn.got = [];
  standIn.answer = { status: 200, body: '{"messages":["Hi"]}' };
}

function event(more = {}) {
  conversations += 1;
  return { convId: `c-${conversations}`, message: PRIVATE, context: { lpEvent: { sequence: 7 }, lpSdes: {} }, ...more };
}

/** Call once; give what came of it and the log, and see to it that there was one callback and nothing private in sight. */
async function callOnce(call, payload) {
  const log = [];
  for (const level of ["debug", "info", "log", "warn", "error"]) {
    mock.method(console, level, (...words) => log.push([level, ...words]));
  }
  const ended = call.ended;
  try {
    const outcome = await call({ headers: [], payload });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(call.ended - ended, 1);
    const visible = inspect({ log, error: outcome.error }, { depth: null, showHidden: true });
    for (const secret of [KEY, payload?.message, payload?.convId]) {
      if (secret) assert.ok(!visible.includes(secret), `${secret} in ${visible}`);
    }
    return { ...outcome, log };
  } finally {
    mock.restoreAll();
  }
}

function assertEscalated({ error, result, log }, words) {
  assert.deepEqual({ error, result, log }, {
    error: null,
    result: ESCALATION,
    log: [["warn", `Escalated to ${SKILL}: ${words}`]],
  });
}

function assertFailed({ error, result, log }, words) {
  assert.equal(result, null);
  assert.ok(error instanceof Error);
  assert.equal(error.message, words);
  assert.deepEqual(log, [["error", `Failed: ${words}`]]);
}

function assertOutcome(outcome, expected, skill) {
  if (expected.outage && skill) assertEscalated(outcome, expected.outage);
  else if (expected.outage || expected.mistake) assertFailed(outcome, expected.outage ?? expected.mistake);
  else assert.deepEqual(outcome, { error: null, result: expected.result, log: [] });
}

for (const [runtime, make] of Object.entries(RUNTIMES)) {
  describe(runtime, () => {
    for (const skill of [SKILL, null]) {
      for (const { name, answer, instead, ...expected } of read("answers.json")) {
        test(`${name}, ${skill ? "with" : "without"} a skill`, async () => {
          const call = await make();
          configure({ skill, limit: 300 });
          standIn.answer = answer;
          const outage = instead?.[runtime] ?? expected.outage;
          assertOutcome(await callOnce(call, event()), { ...expected, outage }, skill);
          assert.equal(standIn.got.length, 1);
        });
      }

      for (const { name, bot = "desk", key = KEY, payload, ...expected } of read("events.json")) {
        test(`gateway: ${name}, ${skill ? "with" : "without"} a skill`, async () => {
          const call = await make();
          configure({ url: gateway.events(bot), skill, key, limit: payload.message === "hang" ? 300 : 5000 });
          const given = event(payload);
          const post = (body) => {
            const headers = { "content-type": "application/json", authorization: `Bearer ${KEY}` };
            return fetch(gateway.events(bot), { method: "POST", headers, body: JSON.stringify(body) });
          };
          if (bot === "busy") await post(event({ message: "hello" })); // this second's one turn
          const outcome = await callOnce(call, given);
          if (expected.result) expected.result = await (await post(given)).json(); // the same event: the same answer
          assertOutcome(outcome, expected, skill);
        });
      }

      test(`nobody listens, ${skill ? "with" : "without"} a skill`, async () => {
        const call = await make();
        configure({ url: "http://127.0.0.1:1/events", skill });
        assertOutcome(await callOnce(call, event()), { outage: "the gateway cannot be reached" }, skill);
      });
    }

    test("an answer that comes too late is no second callback", async () => {
      const call = await make();
      configure({ limit: 50 });
      standIn.answer = { late: 100, status: 200, body: '{"messages":["Hi"]}' };
      assertOutcome(await callOnce(call, event()), { outage: "no answer within 50 ms" }, SKILL);
      await standIn.over;
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(call.ended, 1);
    });

    test("a call that takes too long is hung up", { timeout: 5000 }, async () => {
      const call = await make();
      configure({ limit: 50 });
      standIn.answer = { silent: "headers" };
      assertOutcome(await callOnce(call, event()), { outage: "no answer within 50 ms" }, SKILL);
      await standIn.over;
    });

    test("the payload is sent unchanged, with key and idempotency key", async () => {
      const call = await make();
      configure();
      const payload = event({ convId: "H 1é/2", message: "ä \u{1F600}\n", more: [null, 1.5, { deep: {} }] });
      await callOnce(call, payload);
      const [{ method, headers, body }] = standIn.got;
      assert.equal(method, "POST");
      assert.deepEqual(body, payload);
      assert.equal(headers.authorization, `Bearer ${KEY}`);
      assert.match(headers["content-type"], /^application\/json/);
      assert.equal(headers["idempotency-key"], "H%201%C3%A9%2F2%3A7");
    });

    for (const lpEvent of [undefined, null, {}, { sequence: null }, { sequence: { n: 1 } }]) {
      test(`no idempotency key for ${JSON.stringify(lpEvent)}`, async () => {
        const call = await make();
        configure();
        await callOnce(call, event({ context: { lpEvent } }));
        assert.equal("idempotency-key" in standIn.got[0].headers, false);
      });
    }

    test("the key is read once, and again after a 401", async () => {
      const call = await make();
      configure({ key: "first" });
      let accepted = "first";
      standIn.answer = ({ authorization }) =>
        authorization === `Bearer ${accepted}` ? { status: 200, body: '{"messages":["Hi"]}' } : { status: 401, body: "{}" };
      const keys = () => standIn.got.splice(0).map(({ headers }) => headers.authorization.split(" ")[1]);
      const answered = { error: null, result: { messages: ["Hi"] }, log: [] };

      assert.deepEqual(await callOnce(call, event()), answered);
      keepSecret("second");
      assert.deepEqual(await callOnce(call, event()), answered);
      assert.deepEqual(keys(), ["first", "first"]);

      accepted = "second";
      assert.deepEqual(await callOnce(call, event()), answered);
      assert.deepEqual(await callOnce(call, event()), answered);
      assert.deepEqual(keys(), ["first", "second", "second"]);

      accepted = "third"; // and no secret of that name yet: there is nothing to try again with
      assertFailed(await callOnce(call, event()), "the gateway answered 401");
      assert.deepEqual(keys(), ["second"]);

      keepSecret("fourth"); // wrong as well: not tried a third time
      assertFailed(await callOnce(call, event()), "the gateway answered 401");
      assert.deepEqual(keys(), ["second", "fourth"]);
    });

    test("a wrong key is a mistake, until the secret is put right", async () => {
      const call = await make();
      configure({ url: gateway.events("desk"), key: "wrong" });
      assertFailed(await callOnce(call, event()), "the gateway answered 401");
      keepSecret(KEY);
      assert.equal((await callOnce(call, event())).error, null);
    });

    test("a missing secret is a mistake, until it is there", async () => {
      const call = await make();
      configure({ key: null });
      assertFailed(await callOnce(call, event()), "the secret gateway_key cannot be read");
      assert.deepEqual(standIn.got, []);
      keepSecret(KEY);
      assert.equal((await callOnce(call, event())).error, null);
    });

    for (const url of [undefined, "gateway.example.org/events"]) {
      test(`GATEWAY_URL ${url} is a mistake`, async () => {
        const call = await make();
        configure();
        if (url === undefined) delete process.env.GATEWAY_URL;
        else process.env.GATEWAY_URL = url;
        assertFailed(await callOnce(call, event()), "GATEWAY_URL is not a URL");
      });
    }

    for (const payload of [undefined, null]) {
      test(`payload ${payload} is a mistake`, async () => {
        const call = await make();
        configure();
        assertFailed(await callOnce(call, payload), "unexpected TypeError");
        assert.deepEqual(standIn.got, []);
      });
    }

    test("the consumer is told something without a message of one's own", async () => {
      const call = await make();
      configure();
      delete process.env.ESCALATION_MESSAGE;
      standIn.answer = { status: 503 };
      const { result } = await callOnce(call, event());
      assert.deepEqual(result, { ...ESCALATION, messages: ["One moment, I will connect you."] });
    });

    test("one instance sends less than 20 calls in a second", async () => {
      const call = await make();
      configure();
      mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
      try {
        const burst = async (count) => {
          const outcomes = await Promise.all(Array.from({ length: count }, () => call({ payload: event() })));
          return outcomes.filter(({ result }) => result.messages[0] === "Hi").length;
        };
        mock.method(console, "warn", () => {});
        assert.equal(await burst(10), 10);
        mock.timers.tick(500);
        assert.equal(await burst(30), 9);
        assert.equal(standIn.got.length, 19);
        mock.timers.tick(499);
        assert.equal(await burst(5), 0);
        mock.timers.tick(1); // the first ten are a second old
        assert.equal(await burst(30), 10);
        mock.timers.tick(1000);
        assertOutcome(await call({ payload: event() }).then((outcome) => ({ ...outcome, log: [] })), {
          result: { messages: ["Hi"] },
        });
      } finally {
        mock.timers.reset();
        mock.restoreAll();
      }
    });

    test("events at once do not mix", async () => {
      const call = await make();
      configure({ url: gateway.events("desk") });
      const said = ["hello", "agent", "note", "where is my parcel", "gibberish"];
      const expected = [];
      for (const message of said) expected.push((await call({ payload: event({ message }) })).result);
      const results = await Promise.all(said.map((message) => call({ payload: event({ message }) })));
      assert.deepEqual(results.map(({ result }) => result), expected);
      assert.equal(new Set(expected.map(inspect)).size, said.length);
    });
  });
}

test("both runtimes' sources are as small as LivePerson demands", () => {
  for (const version of ["v1", "v2"]) {
    assert.ok(readFileSync(join(ROOT, "functions", version, "index.js"), "utf8").length < 100_000);
  }
});
