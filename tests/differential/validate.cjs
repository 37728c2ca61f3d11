'use strict';
// Reads JSON documents, one a line, and writes true or false for each: whether LivePerson's renderer takes it.
// node validate.cjs NODE_MODULES <documents

const path = require('node:path');
const readline = require('node:readline');

// The bundle is made for a page. All that it asks of one while it is loaded is that there is a window.
globalThis.window = globalThis;
const { validate } = require(path.resolve(process.argv[2], 'json-pollock/dist/json-pollock.min.js'));

const REFUSALS = ["Schema validation error, see 'errors' for more details", 'JsonPollock::validte - input is not an object'];

function takes(document) {
  try {
    validate(document);
    return true;
  } catch (error) {
    if (!REFUSALS.includes(error.message)) throw error;
    return false;
  }
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(`${takes(JSON.parse(line))}\n`);
});
