// What the function talks to: a real gateway with emulated vendors, and a server that says whatever it is told.

const { spawn } = require("node:child_process");
const { once } = require("node:events");
const { mkdtempSync, writeFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { createInterface } = require("node:readline");

const { ROOT } = require("./runtimes.js");

const KEY = "key-of-83482904";

/** Start a command of botbridge and wait for the line that matches; gives the lines until then. */
async function start(args, ready) {
  const child = spawn(join(ROOT, ".venv/bin/botbridge"), args, { stdio: ["ignore", "pipe", "ignore"], cwd: ROOT });
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (ready.test(line)) return { lines, stop: () => stop(child) };
  }
  throw new Error(`botbridge ${args[0]} has ended: ${lines}`);
}

async function stop(child) {
  child.kill("SIGTERM");
  if (child.exitCode === null) await once(child, "exit");
}

/** Serve the bots `desk`, `covered` (with an escalation) and `busy` (which takes nothing), and another account. */
async function startGateway() {
  const emulators = await start(["emulate", "--port", "0"], /^dialogflow-grpc /);
  const vendor = emulators.lines.find((line) => line.startsWith("function ")).split(" ")[1];
  await fetch(`${vendor}/_emulator/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind: "hang", utterance: "hang" }),
  });
  const bot = { vendor: "function", settings: { url: vendor } };
  const accounts = mkdtempSync(join(tmpdir(), "botbridge-accounts-"));
  const write = (name, account) => writeFileSync(join(accounts, name), JSON.stringify(account)); // JSON is YAML
  write("one.yaml", {
    account: "83482904",
    auth: { api_keys: [KEY] },
    bots: {
      desk: bot,
      covered: { ...bot, escalation: { skill: "night", message: "A colleague will answer." } },
      busy: { ...bot, limits: { per_second: 1 } },
    },
  });
  write("other.yaml", { account: "70000001", auth: { api_keys: ["key-of-another"] }, bots: { desk: bot } });
  const gateway = await start(["serve", "--config", accounts, "--port", "0"], /^listening on /);
  const url = gateway.lines.at(-1).split(" ").at(-1);
  return {
    events: (name) => `${url}/v1/accounts/83482904/bots/${name}/events`,
    stop: () => Promise.all([gateway.stop(), emulators.stop()]),
  };
}

/** Say to every POST what `answer` tells; `got` is what has come, `over` resolves when the last one has been dealt with. */
async function startStandIn() {
  const standIn = { got: [], answer: { status: 200, body: "{}" } };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const { method, headers } = request;
    standIn.over = once(response, "close");
    standIn.got.push({ method, headers, body: JSON.parse(body) });
    const answer = typeof standIn.answer === "function" ? standIn.answer(headers) : standIn.answer;
    if (answer.cut === "at once") return request.socket.destroy();
    if (answer.silent === "headers") return undefined;
    if (answer.late) await new Promise((resolve) => setTimeout(resolve, answer.late));
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
    if (answer.cut === "body") return response.write('{"messages":', () => request.socket.destroy());
    if (answer.silent === "body") return response.write('{"messages":');
    return response.end(answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  standIn.url = `http://127.0.0.1:${server.address().port}/events`;
  standIn.stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return standIn;
}

module.exports = { KEY, startGateway, startStandIn };
