#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The program says by dladdr whose malloc it got; the result must say the same of each allocator.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/compare.bash"

builds whose -ldl <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>
int main(int count, char **words) {
  Dl_info info;
  free(malloc(100));
  if (count > 1) {
    if (fork() == 0) execl(words[0], words[0], (char *)0);
    wait(NULL);
  }
  return dladdr(dlsym(RTLD_DEFAULT, "malloc"), &info) == 0 || fprintf(stderr, "%s\n", info.dli_fname) < 0;
}
C
run 0 compare --runs 1 --format json -o result.json -- ./whose child
[[ $(figure '.allocators | length') -ge 5 ]] || { echo "too few allocators"; figure '.allocators[].name'; exit 1; }
while IFS='|' read -r name library state programs processes; do
  [[ $state == all && $programs == 1 && $processes == 2 ]] || { echo "$name: $state $programs $processes"; exit 1; }
  [[ -z $library ]] && continue
  says_whose=$(LD_PRELOAD=$library ./whose 2>&1 >/dev/null)
  [[ $says_whose == "$library" ]] || { echo "$name: the program says $says_whose, not $library"; exit 1; }
  figure ".allocators[] | select(.name == \"$name\") | .service.programs[0].provider" |
    grep -qF "$(basename "$(readlink -f "$library")" | cut -d. -f1)" || { echo "$name has another provider"; exit 1; }
done < <(figure '.allocators[] | [.name, .library, .service.state, (.service.programs | length),
                                  .service.programs[0].processes] | map(tostring) | join("|")')

# The C++ runtime hands on to malloc by slots that are bound at their first call; some allocators lack some operators.
if command -v c++ >/dev/null; then
  cat >strings.cpp <<'C'
#include <memory>
#include <string>
#include <vector>
int main(int count, char **) {
  std::vector<std::string> all;
  for (int i = 0; i < 100; ++i) all.push_back(std::string(static_cast<std::size_t>(count + i), 'x'));
  return std::make_unique<std::string>(all.back())->empty();
}
C
  for bind in lazy now; do
    c++ -O1 -Wl,-z,$bind strings.cpp -o strings || exit 1
    run 0 compare --runs 1 --format json -o result.json -- ./strings
    [[ $(figure '[.allocators[].service.state] | unique | join(" ")') == all ]] ||
      { figure '.allocators[] | select(.service.state != "all") | [.name, .service.reason]'; exit 1; }
  done
fi
