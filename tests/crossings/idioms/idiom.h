// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the situations of this folder share. One file holds a host, a plugin and perhaps a library; a macro chooses the
// part. Another macro chooses the twin that is safe. The comment in a file's first lines says how it crashes.
#pragma once
#include <sys/types.h>
#include "../host.h"
#ifdef __cplusplus
#include <any>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
#endif
