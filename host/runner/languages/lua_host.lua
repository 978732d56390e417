-- SPDX-License-Identifier: MIT OR Apache-2.0
--
-- Lua as a host, by a C module: lua_host.lua MODULE RUNNER-ARGUMENTS...
os.exit(assert(package.loadlib(arg[1], "crossheap_lua_run"))(table.unpack(arg)), true)
