#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The experiment's C cases under musl's loader: all are safe in the two load modes that musl has, on one heap, and the others
# are refused with the reason.
# shellcheck source=tests/hosts/language.bash
source "$(dirname "$0")/language.bash"
need_build host musl

run 0 matrix --host musl --plugin c-musl --format json -o result.json
contracts_hold 40
[[ $(jq '[.cases[] | select(.outcome.kind != "survived")] | length' result.json) -eq 0 ]] || { cat out; exit 1; }
refused=$(jq -r '[.loads[] | select(.by_default.kind == "refused-to-load") | "\(.mode): \(.by_default.message)"] | sort[]' result.json)
diff - <(echo "$refused") <<'END' || exit 1
deepbind: musl has no RTLD_DEEPBIND
global+deepbind-lazy: musl has no RTLD_DEEPBIND
global+deepbind: musl has no RTLD_DEEPBIND
namespace: musl has no dlmopen
END
