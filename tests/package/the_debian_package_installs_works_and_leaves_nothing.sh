#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# the_debian_package_installs_works_and_leaves_nothing.sh BUILD: cpack makes the packages, lintian finds no error in them; on a clean
# system apt installs the first with its dependencies; it examines a plugin there, opens it, traces a program that crosses; removed,
# it leaves no file.
set -euo pipefail
build=$1
# shellcheck source=.ci/minimal_root.bash
source .ci/minimal_root.bash
command -v dpkg-shlibdeps >/dev/null || skip "dpkg-dev is not installed"

# The outer run makes the packages; the inner one, in its own namespace, installs.
if [[ -z ${CROSSHEAP_MINIMAL_ROOT-} ]]; then
  echo "== cpack"
  rm -rf "$build/package"
  (cd "$build" && cpack -G DEB -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip) >"$build/cpack.log" 2>&1 || { tail -n 30 "$build/cpack.log"; exit 1; }
  ls -l "$build"/package/*.deb
  if command -v lintian >/dev/null; then
    echo "== lintian"
    lintian --allow-root --fail-on error --suppress-tags bad-distribution-in-changes-file "$build"/package/*.deb >"$build/lintian.log" 2>&1 ||
      { grep '^E' "$build/lintian.log"; exit 1; }
  fi
fi
in_a_namespace_of_its_own "$@"

echo "== a clean system"
make_root bookworm
files() { inside find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/log -o -path /tmp -o -path /run \) -prune -o -print | sort; }
# says WORDS FILE
says() { grep -qF -- "$1" "$2" || { cat "$2"; echo "does not say: $1"; exit 1; }; }

cp "$build"/package/crossheap_*.deb "$machine/tmp/crossheap.deb"
echo "== apt-get install"
inside env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get -q update && apt-get -q install -y --no-install-recommends /tmp/crossheap.deb' \
  >"$log" 2>&1 </dev/null || { grep -q 'Unable to fetch\|Temporary failure\|Could not resolve' "$log" && skip "no package sources: $(tail -n 1 "$log")"; cat "$log"; exit 1; }

# A plugin and a program that nobody built there.
cat >"$CROSSHEAP_MINIMAL_ROOT/plugin.c" <<'END_OF_SOURCE'
#include <stdlib.h>
void take(void *block) { free(block); }
END_OF_SOURCE
cat >"$CROSSHEAP_MINIMAL_ROOT/program.c" <<'END_OF_SOURCE'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
int main(int count, char **words) {
  void *plugin = dlopen(words[1], RTLD_NOW | (count > 2 ? RTLD_DEEPBIND : 0));
  if (!plugin) return 9;
  void (*take)(void *) = (void (*)(void *))dlsym(plugin, "take");
  take(malloc(40));
  return 0;
}
END_OF_SOURCE
cc -g -shared -fPIC -o "$machine/tmp/plugin.so" "$CROSSHEAP_MINIMAL_ROOT/plugin.c"
cc -g -o "$machine/tmp/program" "$CROSSHEAP_MINIMAL_ROOT/program.c"
said=$CROSSHEAP_MINIMAL_ROOT/said
expect() {
  local wanted=$1 status=0
  shift
  inside "$@" >"$said" 2>&1 </dev/null || status=$?
  [[ $status -eq $wanted ]] || { echo "$* ended with $status, not with $wanted"; cat "$said"; exit 1; }
}

echo "== it works there"
expect 0 crossheap --version
expect 0 crossheap inspect /tmp/plugin.so
expect 1 crossheap bind --mode deepbind --host /usr/lib/crossheap/runners/jemalloc --observe /tmp/plugin.so
inside crossheap --help >"$said"
if grep -q '^  check ' "$said"; then
  expect 1 crossheap check --profile generic /tmp/plugin.so -o /tmp/report.html
  [[ -s $machine/tmp/report.html ]] || { echo 'check wrote no page'; exit 1; }
  [[ -n $(inside find /usr/share/crossheap/profiles -name '*.toml' -print -quit) ]] || { echo 'no profiles are installed'; exit 1; }
fi
jemalloc=$(inside find /usr/lib -name 'libjemalloc.so.2' -print -quit)
expect 0 crossheap trace -- /tmp/program /tmp/plugin.so
status=0
inside env LD_PRELOAD="$jemalloc" crossheap trace --on-crossing route --error-exitcode 7 -- /tmp/program /tmp/plugin.so deepbind >"$said" 2>&1 </dev/null || status=$?
[[ $status -eq 7 ]] || { echo "the traced program ended with $status, not with 7"; cat "$said"; exit 1; }
says XH201 "$said"
expect 0 crossheap matrix --quick --host system --plugin system
expect 0 crossheap bench --quick --only glibc-simple --allocators glibc,jemalloc
says glibc-simple "$said"
expect 0 crossheap compare --runs 6 --allocators jemalloc -- /tmp/program /tmp/plugin.so
says 'peak RSS' "$said"
for file in bash-completion/completions/crossheap zsh/vendor-completions/_crossheap fish/vendor_completions.d/crossheap.fish \
  crossheap/rust doc/crossheap/copyright; do
  inside test -e "/usr/share/$file" || { echo "the package has no /usr/share/$file"; exit 1; }
done
inside dpkg -L crossheap >"$said"
for file in man1/crossheap.1.gz man1/crossheap-trace.1.gz man1/crossheap-inspect.1.gz cmake/crossheap/crossheapConfig.cmake \
  pkgconfig/crossheap-executable.pc; do
  says "/$file" "$said"
done

echo "== removed, it leaves nothing"
inside dpkg --purge crossheap >"$log" 2>&1 || { cat "$log"; exit 1; }
left=$(files | grep -i crossheap || true)
[[ -z $left ]] || { echo "is left: $left"; exit 1; }
! grep -qi 'not empty' "$log" || { cat "$log"; exit 1; }
inside dpkg --audit
