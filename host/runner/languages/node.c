/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The addon that node_host.js loads: crossheap_run for Node.js, by Node-API.
 */
#include <node_api.h>

#include "words.h"

static napi_value run(napi_env env, napi_callback_info info) {
  napi_value arguments[32];
  size_t count = 32;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  struct words words = {0};
  for (size_t i = 0; i < count && i < 32; ++i) {
    char word[4096];
    napi_get_value_string_utf8(env, arguments[i], word, sizeof word, NULL);
    add_word(&words, word);
  }
  napi_value status;
  napi_create_int32(env, run_words(&words), &status);
  return status;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "run", NAPI_AUTO_LENGTH, run, NULL, &function);
  napi_set_named_property(env, exports, "run", function);
  return exports;
}
