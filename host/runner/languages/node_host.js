// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Node.js as a host, by an addon: node_host.js ADDON RUNNER-ARGUMENTS...
const [, , addon] = process.argv;
process.exitCode = require(addon).run(...process.argv.slice(2));
