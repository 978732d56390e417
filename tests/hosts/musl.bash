# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What the tests of musl share, beside cli.bash: its compiler, and the example built in the test's folder.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "${BASH_SOURCE[0]}")/../cli/cli.bash"
example=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../examples/musl")
command -v musl-gcc >/dev/null || { echo 'skipped: there is no musl-gcc here: install musl-tools'; exit 77; }

# prints COMMAND TEXT: the program ends with 0 and says the text.
prints() {
  local said
  said=$($1 2>&1) || { printf '%s failed:\n%s\n' "$1" "$said"; exit 1; }
  [[ $said == *"$2"* ]] || { printf '%s does not say: %s\n%s\n' "$1" "$2" "$said"; exit 1; }
}
