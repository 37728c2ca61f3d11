// The V1 function run by LivePerson's command-line tool, in a project folder that the tool has laid out.

const assert = require("node:assert/strict");
const { execFile } = require("node:child_process");
const { mkdirSync, mkdtempSync, readFileSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { after, before, describe, test } = require("node:test");
const { promisify } = require("node:util");

const { PACKAGES, ROOT } = require("./runtimes.js");
const { KEY, startGateway, startStandIn } = require("./services.js");

const CASES = JSON.parse(readFileSync(join(ROOT, "tests/data/functions/lpf.json"), "utf8"));
const SOURCE = readFileSync(join(ROOT, "functions/v1/index.js"), "utf8");
const EVENT = "bot_connectors_custom_integration";
const ESCALATION = {
  messages: ["One moment, I will connect you."],
  context: { action: "TRANSFER", actionParameters: { skill: "human-support" } },
};

const project = mkdtempSync(join(tmpdir(), "botbridge-lpf-"));
const folder = join(project, "functions/forwarder");
const own = join(project, "own"); // the tool keeps its login and its cache here, not in this machine's
mkdirSync(own);

let gateway;
let standIn;

/** Run the tool, without a network unless `online`; gives what it prints. */
async function lpf(args, { online = false } = {}) {
  const env = { ...process.env, TMPDIR: own, XDG_CACHE_HOME: own };
  delete env.NODE_TEST_CONTEXT; // or the function's process would report to this test runner
  if (!online) env.NODE_OPTIONS = `--require ${join(__dirname, "offline.cjs")}`;
  const running = promisify(execFile)(join(PACKAGES, "node_modules/.bin/lpf"), args, { cwd: project, env });
  running.child.stdin.end();
  return (await running).stdout;
}

function change(file, members) {
  const value = { ...JSON.parse(readFileSync(file, "utf8")), ...members };
  writeFileSync(file, JSON.stringify(value));
  return value;
}

before(async () => {
  [gateway, standIn] = await Promise.all([startGateway(), startStandIn()]);
  // Without a login the tool asks for one, even for what it does on this machine. It takes any token.
  await lpf(["login", "--token", "made-up", "--accountId", "83482904", "--userId", "nobody"]);
  await lpf(["init"], { online: true }); // it installs its toolbelt
  await lpf(["create:function", "-n", "forwarder", "-d", "Forwards events to botbridge", "-e", EVENT]);
  writeFileSync(join(folder, "index.js"), SOURCE);
});
after(() => Promise.all([gateway.stop(), standIn.stop()]));

describe("lpf", () => {
  test("lays out a function of the right event", () => {
    const { name, event } = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
    assert.deepEqual({ name, event }, { name: "forwarder", event: EVENT });
  });

  for (const [number, { name, bot, message = "agent", answer, allowed = ["127.0.0.1"], ...expected }] of CASES.entries()) {
    test(`invoke --local: ${name}`, async () => {
      const url = bot ? gateway.events(bot) : standIn.url;
      const payload = { convId: `lpf-${number}`, message, context: { lpEvent: { sequence: 1 }, lpSdes: {} } };
      const variables = { GATEWAY_URL: url, ESCALATION_SKILL: "human-support", GATEWAY_TIMEOUT_MS: "2000" };
      const environmentVariables = Object.entries(variables).map(([key, value]) => ({ key, value }));
      change(join(folder, "config.json"), { input: { headers: [], payload }, environmentVariables });
      const secrets = [{ key: "gateway_key", value: KEY }];
      change(join(project, "functions/settings.json"), { secrets, whitelist: allowed });
      standIn.answer = answer;

      const printed = await lpf(["invoke", "forwarder", "--local"]);

      const { result, logs, errorCode, errorMsg } = JSON.parse(printed.slice(printed.indexOf("{")));
      if (expected.failed) {
        assert.deepEqual([errorCode, errorMsg], ["com.liveperson.faas.handler.custom-failure", expected.failed]);
      } else {
        const words = logs.map((entry) => [entry.level, entry.message]);
        assert.deepEqual(words, expected.escalated ? [["Warn", `Escalated to human-support: ${expected.escalated}`]] : []);
        assert.deepEqual(result, expected.escalated ? ESCALATION : await ask(url, payload));
      }
      assert.equal(readFileSync(join(folder, "index.js"), "utf8"), SOURCE);
      assert.ok(!printed.includes(KEY) && !printed.includes(payload.convId));
    });
  }
});

/** Post the same event to the gateway, which gives the same answer. */
async function ask(url, payload) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${KEY}` };
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify(payload) })).json();
}
