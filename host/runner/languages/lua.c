/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The C module that lua_host.lua loads: crossheap_run for Lua.
 */
#include <lua.h>

#include "words.h"

__attribute__((visibility("default"))) int crossheap_lua_run(lua_State *lua);

int crossheap_lua_run(lua_State *lua) {
  struct words words = {0};
  for (int i = 1; i <= lua_gettop(lua); ++i) add_word(&words, lua_tostring(lua, i));
  lua_pushinteger(lua, run_words(&words));
  return 1;
}
