// Loaded into LivePerson's command-line tool: no name leads anywhere, so that a test does not depend on LivePerson's servers.
// The tool goes on without them. (A code of its own, since the tool tries again for half a minute after ENOTFOUND.)

const dns = require("node:dns");

dns.lookup = (host, options, callback) => {
  const done = callback ?? options;
  process.nextTick(() => done(Object.assign(new Error(`offline: ${host}`), { code: "EOFFLINE" })));
};
