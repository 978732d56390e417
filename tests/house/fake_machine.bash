# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A machine that is not this one: a copy of ./run, ./test and .ci in a folder of its own, and a PATH with the basic
# programs of every Debian and with programs that only write down how they were called. What is installed there is
# the list in $machine/installed; who is logged in, the number in $machine/uid. The fake cmake "builds" a crossheap
# that says its arguments.

machine=$(mktemp -d)
trap 'rm -rf "$machine"' EXIT
mkdir -p "$machine/bin" "$machine/checkout"
cp -r run test .ci CMakePresets.json "$machine/checkout"
# It writes to /etc and /usr/sbin; packages_come_without_services tests it.
printf '#!/bin/bash\necho "without_services $*" >>%q\nexec "$@"\n' "$machine/calls" >"$machine/checkout/.ci/without_services"
awk '/^[a-z]/ { print $2 }' .ci/packages >"$machine/installed"
echo 0 >"$machine/uid"
: >"$machine/calls"

# fake NAME BODY: the body is bash; $machine is known to it.
fake() {
  printf '#!/bin/bash\nmachine=%q\n%s\n' "$machine" "$2" >"$machine/bin/$1"
  chmod +x "$machine/bin/$1"
}

for basic in awk bash cat chmod cut date dirname env expand find grep head mkdir mv nproc paste rm rmdir sed sleep sort tail tee tr true xargs; do
  ln -s "$(type -P "$basic")" "$machine/bin/$basic"
done

fake id 'cat "$machine/uid"'
fake dpkg-query 'while [[ $1 == -* ]]; do [[ $1 == -f ]] && shift; shift; done
for name; do
  if grep -qx -- "$name" "$machine/installed"; then printf "%s\tinstalled\n" "$name"; else status=1; fi
done
exit ${status-0}'
fake apt-get 'echo "apt-get $*" >>"$machine/calls"
[[ ! -e $machine/no-network ]] || { echo "E: Temporary failure resolving the mirror" >&2; exit 100; }
if [[ $* == *" install "* ]]; then tr " " "\n" <<<"${*##*--no-install-recommends }" >>"$machine/installed"; fi'
fake sudo 'echo "sudo $*" >>"$machine/calls"
[[ ! -e $machine/sudo-asks-for-a-password ]] || exit 1
if [[ $1 == -n ]]; then shift; fi
exec "$@"'
fake cmake 'echo "cmake $*" >>"$machine/calls"
[[ $1 == --build ]] || exit 0
[[ ! -e $machine/broken ]] || { echo "error: expected ;"; exit 1; }
mkdir -p build/release/bin
[[ $* != *" -n" ]] || { echo "[1/1] something"; exit; }
program=crossheap
[[ $* != *" crossheap_first_result"* ]] || program=crossheap_quick
printf "#!/bin/bash\necho \${0##*/} in \$PWD: \"\$@\" | tee -a %q\nexit 1\n" "$machine/calls" >build/release/bin/$program
chmod +x build/release/bin/$program'
fake ctest 'echo "ctest $*" >>"$machine/calls"; echo "100% tests passed, 0 tests failed out of 7"; echo "Total Test time (real) = 1 sec"; exit 8'

uninstall() { grep -vxFf <(printf '%s\n' "$@") "$machine/installed" >"$machine/left" && mv "$machine/left" "$machine/installed"; }

# on_machine COMMAND...: runs it there without a terminal; sets status, output (standard output) and messages.
on_machine() {
  status=0
  PATH=$machine/bin "$@" </dev/null >"$machine/output" 2>"$machine/messages" || status=$?
  output=$(<"$machine/output")
  messages=$(<"$machine/messages")
}

# expect WORDS CONDITION...: the condition is a command.
expect() {
  local words=$1
  shift
  "$@" && return
  printf 'not so: %s\nstatus %s\n--- output\n%s\n--- messages\n%s\n--- calls\n%s\n' \
    "$words" "$status" "$output" "$messages" "$(<"$machine/calls")"
  exit 1
}

called() { grep -qFx -- "$1" "$machine/calls"; }
