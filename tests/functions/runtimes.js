// LivePerson's two runtimes, as far as the forwarding function sees them, with a fresh instance of it each time.
//
// Neither toolbelt is on npm by itself. Secrets are read by the toolbelt that comes with LivePerson's command-line tool (lpf). V1's HTTP
// client has the interface of request-promise, and that is what it gets here; the tool's own client raises an error twice, once
// where nobody can catch it, and is tried as a process of its own in lpf.test.js.

const { mkdirSync, mkdtempSync, readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

const ROOT = join(__dirname, "..", "..");
const PACKAGES = join(ROOT, "build", "functions");
const fromNpm = createRequire(join(PACKAGES, "package.json"));
const TOOLBELT = join(PACKAGES, "node_modules/liveperson-functions-cli/bin/example/bin/lp-faas-toolbelt/lp-faas-toolbelt");

// The toolbelt reads secrets and allowed hosts from the project folder in which it runs.
const project = mkdtempSync(join(tmpdir(), "botbridge-functions-"));
mkdirSync(join(project, "functions"));
mkdirSync(join(project, "node_modules/core-functions-toolbelt"), { recursive: true });
process.chdir(project);

const { Toolbelt } = fromNpm(TOOLBELT);
const requestPromise = fromNpm("request-promise");

writeFileSync(
  join(project, "node_modules/core-functions-toolbelt/package.json"),
  JSON.stringify({ name: "core-functions-toolbelt", type: "module", exports: "./index.js" }),
);
writeFileSync(
  join(project, "node_modules/core-functions-toolbelt/index.js"),
  `import lp from ${JSON.stringify(pathToFileURL(join(TOOLBELT, "index.js")))};
   export const Toolbelt = { SecretClient: () => lp.Toolbelt.SecretClient() };`,
);

let instances = 0;

const RUNTIMES = {
  V1: callV1,
  V2: callV2,
};

/** Keep the API key as the account's secret; null: there is none. */
function keepSecret(value) {
  const secrets = value === null ? [] : [{ key: "gateway_key", value }];
  writeFileSync(join(project, "functions/settings.json"), JSON.stringify({ secrets, whitelist: ["127.0.0.1"] }));
}

/** Make an instance: an async function of the input that gives {error, result} and counts callbacks in `ended`. */
async function callV1() {
  const toolbelt = { HTTPClient: () => requestPromise, SecretClient: () => Toolbelt.SecretClient() };
  const source = readFileSync(join(ROOT, "functions/v1/index.js"), "utf8");
  const provide = (name) => {
    if (name !== "lp-faas-toolbelt") throw new Error(`V1 does not provide ${name}`);
    return { Toolbelt: toolbelt };
  };
  const lambda = new Function("require", `${source}\nreturn lambda;`)(provide);
  const call = (input) =>
    new Promise((resolve) => {
      lambda(input, (error, result) => {
        call.ended += 1;
        resolve({ error, result });
      });
    });
  call.ended = 0;
  return call;
}

async function callV2() {
  const source = readFileSync(join(ROOT, "functions/v2/index.js"), "utf8");
  instances += 1;
  const file = join(project, `v2-${instances}.mjs`);
  writeFileSync(file, `${source}\nexport { lambda };`);
  const { lambda } = await import(pathToFileURL(file));
  const call = async (input) => {
    const outcome = await lambda(input).then(
      (result) => ({ error: null, result }),
      (error) => ({ error, result: null }),
    );
    call.ended += 1;
    return outcome;
  };
  call.ended = 0;
  return call;
}

module.exports = { PACKAGES, ROOT, RUNTIMES, keepSecret, project };
