#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Usage: a_program_with_ideas_of_its_own_runs_the_same.sh SUBJECT
#
# A real program that brings an allocator, a sandbox, a loader or a runtime of its own prints the same and ends the same under
# trace as alone, at all depths, and nothing is reported. What is compared is said at each subject. A program that is not
# installed is skipped with that reason.
# shellcheck source=tests/trace/trace.bash
source "$(dirname "$0")/../trace/trace.bash"
subject=$1

# limited COMMAND...: with a deadline, so that a browser that hangs costs no more.
limited() { timeout --kill-after=5 "${LIMIT:-100}" "$@"; }

# same COMMAND...: alone, then at each depth. `prepare` and `shown` are the subject's own: what is done before each run, and what
# of its output is compared.
prepare() { :; }
shown() { cat; }
same() {
  local plain=0 depth
  prepare
  limited "$@" >plain.out 2>plain.err </dev/null || plain=$?
  if [[ $plain -ne ${EXPECTED:-0} ]]; then
    echo "skipped: alone, $subject ends with $plain: $(tail -n 1 plain.err)"
    exit 77
  fi
  shown <plain.out >plain.shown
  [[ -s plain.shown ]] || fails "$subject prints nothing that could be compared"
  for depth in ownership sites stacks; do
    prepare
    limited_trace --depth "$depth" -- "$@"
    [[ $status -eq $plain ]] || { echo "at depth $depth"; ended_with "$plain"; }
    shown <out >traced.shown
    diff plain.shown traced.shown >difference || fails "$subject prints something else at depth $depth: $(head -n 5 difference)"
    expect '.crossings | length' 0
    expect '.lost_records // 0' 0
  done
}
limited_trace() {
  status=0
  limited "$CROSSHEAP" trace --format json -o json "$@" >out 2>err </dev/null || status=$?
}

case $subject in
  cargo)  # a build of a crate with a build script, which starts rustc, a linker and the script
    need cargo
    cargo --version >/dev/null 2>&1 || { echo 'skipped: cargo does not run here'; exit 77; }
    mkdir -p src
    printf '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n' >Cargo.toml
    echo 'fn main() { println!("cargo:rustc-env=BUILT=by a script"); }' >build.rs
    echo 'fn main() { println!("hello, {}, {}", env!("BUILT"), (1..100).map(|i| i.to_string()).collect::<String>().len()); }' \
      >src/main.rs
    prepare() { rm -rf target; }
    same bash -c 'cargo build --quiet --offline && target/debug/hello'
    ;;
  chromium)  # the document of a page with a script
    need chromium
    echo '<p id=a></p><script>a.textContent = [..."page"].reverse().join("") + 6 * 7</script>' >page.html
    prepare() { rm -rf profile; }
    shown() { grep -o '<p.*</p>'; }
    same chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$PWD/profile" \
      --dump-dom "file://$PWD/page.html"
    ;;
  firefox)  # the size of a picture of a page
    firefox=$(command -v firefox-esr || command -v firefox || true)
    [[ -n $firefox ]] || { echo 'skipped: firefox is not installed'; exit 77; }
    echo '<p>a page</p>' >page.html
    prepare() {
      rm -rf profile picture.png
      mkdir profile
    }
    # shellcheck disable=SC2016
    same env HOME="$PWD" MOZ_DISABLE_CONTENT_SANDBOX=1 bash -c '"$1" --headless --no-remote --profile profile \
      --window-size 400,300 --screenshot "$PWD/picture.png" "file://$PWD/page.html" >messages 2>&1
      status=$?; head -c 26 picture.png | od -A n -t x1; exit $status' - "$firefox"
    ;;
  tsan | asan)  # a program with an error: the same error is found, and none more
    kind=$([[ $subject == tsan ]] && echo thread || echo address)
    cat >wrong.cpp <<'C'
#include <cstdio>
#include <string>
#include <thread>
#include <vector>
int shared;
int *kept;
__attribute__((noinline)) void race() {
  std::thread other([] { ++shared; });
  ++shared;
  other.join();
}
__attribute__((noinline)) void use_after_free() {
  kept = new int(5);
  delete kept;
  std::printf("%d\n", *kept);
}
int main(int count, char **) {
  std::vector<std::string> all;
  for (int i = 0; i < 200; ++i) all.push_back(std::string(i, 'x'));
  std::printf("%zu\n", all[100].size());
  std::fflush(stdout);
  count > 1 ? use_after_free() : race();
}
C
    c++ -g -O1 -fsanitize="$kind" -pthread wrong.cpp -o wrong 2>compiler || { echo "skipped: $(tail -n 1 compiler)"; exit 77; }
    # What is compared is the summary and the functions of ASan's three stacks.
    shown() { sed -nE 's/^SUMMARY: [A-Za-z]+: ([a-z-]+) .* in /\1 /p; s/^ +#[0-3] 0x[0-9a-f]+ in (race|use_after_free|main|operator [a-z]+).*/\1/p; /^[0-9]+$/p'; }
    if [[ $subject == tsan ]]; then
      # Which of the two threads comes second, and so stands in the summary, is a matter of the moment.
      shown() { sed -nE 's/^SUMMARY: [A-Za-z]+: ([a-z ]+) .*/\1/p; /^[0-9]+$/p'; }
      EXPECTED=66 same bash -c './wrong 2>&1'
    else
      EXPECTED=1 same bash -c './wrong free 2>&1'
    fi
    ;;
  chronyd)  # with its filter of system calls, which kills; it asks nobody and ends by itself
    # Debian's package replaces the machine's time service, so its files are only unpacked, into a folder of their own.
    chronyd=$(command -v chronyd || true)
    if [[ -z $chronyd ]]; then
      chronyd=$BUILD/chrony/usr/sbin/chronyd
      if [[ ! -x $chronyd ]]; then
        if ! timeout 60 apt-get download chrony >messages 2>&1 || ! dpkg-deb -x chrony_*.deb "$BUILD/chrony"; then
          echo "skipped: chronyd is not installed, and cannot be downloaded: $(tail -n 1 messages)"
          exit 77
        fi
      fi
    fi
    [[ $EUID -eq 0 ]] || { echo 'skipped: chronyd needs root'; exit 77; }
    printf 'server 127.0.0.1 port 9 iburst\ncmdport 0\nbindcmdaddress /\npidfile %s/pid\n' "$PWD" >chrony.conf
    shown() { sed -nE 's/^[0-9TZ:-]+ //; /seccomp|exiting|Timeout/p'; }
    EXPECTED=1 same bash -c "'$chronyd' -Q -x -u root -F 1 -t 1 -f '$PWD/chrony.conf' 2>&1"
    ;;
  sotruss)  # an audit module of its own: what a program calls in which library
    need sotruss
    printf '#include <stdio.h>\n#include <stdlib.h>\n' >calls.c
    echo 'int main(void) { char *p = malloc(20); sprintf(p, "%d", 42); puts(p); free(p); return 0; }' >>calls.c
    cc -O0 -fno-builtin -Wl,-z,lazy calls.c -o calls
    shown() { sed -E 's/0x[0-9a-f]+//g'; }
    same bash -c 'sotruss -e ./calls 2>&1'
    ;;
  valgrind)  # memcheck's verdict on a program with a leak and on a clean one
    need valgrind
    echo 'int main(void) { char *p = __builtin_malloc(10); p[0] = 1; return __builtin_strdup("text") == p; }' >leaks.c
    cc -g leaks.c -o leaks
    shown() { sed -nE 's/^==[0-9]+== //; /definitely lost|ERROR SUMMARY|in use at exit|total heap/p'; }
    same bash -c 'valgrind --leak-check=full ./leaks 2>&1; valgrind /bin/true 2>&1'
    ;;
  *)
    echo "what is $subject?"
    exit 1
    ;;
esac
