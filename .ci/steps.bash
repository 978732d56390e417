# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What ./run and ./test share: making sure that the Debian packages are there, and building a preset. Sourced
# with the root of the checkout as the current directory. Everything here writes to standard error, so that
# standard output stays the program's. Exit status 3: the work could not be done (docs/crossheap.1).

readonly could_not=3

# Whoever waits hears something at least this often, in seconds.
readonly progress_interval=5

say() { printf '%s\n' "$*" >&2; }

# give_up SENTENCE...: says why the work cannot be done, and ends the script.
give_up() {
  say "$@"
  exit "$could_not"
}

# check_machine: ends the script with one sentence where nothing could work.
check_machine() {
  [[ -e /proc/self/exe ]] ||
    give_up "crossheap needs /proc, which is not mounted here. Mount it (mount -t proc proc /proc), then start ./${0##*/} again."
  { mkdir -p build 2>/dev/null && [[ -w build ]]; } ||
    give_up "The build needs the folder $PWD/build, which cannot be written here. Copy the checkout to a folder of yours and start ./${0##*/} there."
}

# packages_of GROUP...: "name<TAB>reason" for each package of the groups.
packages_of() {
  awk -v groups=" $* " '
    /^[^#]/ && index(groups, " " $1 " ") {
      name = $2
      sub(/^[^ ]+ +[^ ]+ +/, "")
      print name "\t" $0
    }' .ci/packages
}

# A list of packages_of, indented and in columns.
listed() { sed 's/^/  /' | expand -t 30; }

# missing_packages GROUP...: those lines of packages_of that are not installed. One call of dpkg-query, no network.
missing_packages() {
  local wanted
  wanted=$(packages_of "$@")
  # dpkg-query fails when it does not know one of the names; what it does know is still printed.
  awk -F '\t' '
    FILENAME != "-" { if ($2 == "installed") there[$1]; next }
    !($1 in there)' \
    <(cut -f 1 <<<"$wanted" | xargs dpkg-query -W -f '${Package}\t${db:Status-Status}\n' 2>/dev/null) \
    - <<<"$wanted"
}

# command_to_install NAME...: what a person types to install the packages.
command_to_install() {
  echo "$(command -v sudo >/dev/null && echo 'sudo sh' || echo su) -c" \
    "'apt-get update && apt-get install -y --no-install-recommends $*'"
}

# may_install: sets `become`, the words in front of a command of root's; fails where nobody can become root here.
may_install() {
  become=()
  [[ $(id -u) -ne 0 ]] || return 0
  # On a terminal sudo may ask for the password; elsewhere nobody could answer.
  command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]; } || return 1
  become=(sudo)
}

# ensure_packages GROUP...: installs what is missing, as root or with sudo; without either it prints the one
# command to type and ends the script.
ensure_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "-- packages: not checked, this is no Debian system. docs/dependencies.md lists what the build needs."
    return
  fi
  local missing
  missing=$(missing_packages "$@")
  [[ -n $missing ]] || return 0
  say "These Debian packages are missing:"
  listed <<<"$missing" >&2

  local -a names become
  mapfile -t names < <(cut -f 1 <<<"$missing")
  if ! may_install; then
    say "Installing them needs root. Type this, then start ./${0##*/} again:"
    give_up "  $(command_to_install "${names[@]}")"
  fi
  install_packages "${names[@]}" ||
    give_up "apt-get could not install them: $(first_error build/apt-update.log build/apt-install.log). When the network and the package sources are in order, start ./${0##*/} again. Its own words: build/apt-update.log, build/apt-install.log"
}

# offer_packages GROUP...: the same for packages that the work can do without: where they cannot be installed, they
# are left out, with the command that adds them.
offer_packages() {
  command -v dpkg-query >/dev/null || return 0
  local missing
  missing=$(missing_packages "$@")
  [[ -n $missing ]] || return 0
  local -a names become
  mapfile -t names < <(cut -f 1 <<<"$missing")
  if ! may_install; then
    say "-- Left out: what these packages are for, because installing them needs root:"
    listed <<<"$missing" >&2
    say "   This adds them: $(command_to_install "${names[@]}")"
    return
  fi
  say "These Debian packages are missing:"
  listed <<<"$missing" >&2
  install_packages "${names[@]}" ||
    say "-- Left out: what these packages are for. apt-get could not install them: $(first_error build/apt-update.log build/apt-install.log)"
}

# first_error LOG...: the first line in which apt-get names an error.
first_error() {
  local line
  line=$(cat -- "$@" 2>/dev/null | grep -m 1 -E '^(E|Err|W):' || true)
  echo "${line:-no reason given}"
}

# install_packages NAME...: says what comes in and how much, and installs it; `become` is set. Programs come without
# their services: nothing is started, nothing is enabled, and PostgreSQL makes no cluster.
install_packages() {
  local -a apt_get=("${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120)
  # A fresh machine or container has no package lists, so they are fetched first.
  rm -f build/apt-install.log
  in_the_background "fetching the package lists" build/apt-update.log "${apt_get[@]}" update || return
  local plan start=$SECONDS
  plan=$("${apt_get[@]}" install --assume-no --no-install-recommends "$@" 2>/dev/null |
    sed -nE 's/^([0-9]+) upgraded, ([0-9]+) newly installed.*/\1 packages upgraded, \2 installed/p; s/^(Need to get .*|After this operation.*)/\1/p' |
    paste -s -d ' ') || true
  [[ -z $plan ]] || say "-- installing: $plan"
  in_the_background "installing packages" build/apt-install.log \
    "${become[@]}" .ci/without_services "${apt_get[@]:${#become[@]}}" install -y --no-install-recommends "$@" || return
  say "-- installing $# packages: done in $((SECONDS - start)) s"
  packages_changed=1
}

# in_the_background WORDS LOG COMMAND...: runs the command with its output in LOG, and says every few seconds how long it
# has been at it and the last that it said.
in_the_background() {
  local words=$1 log=$2 start=$SECONDS status=0 pid said=$SECONDS
  shift 2
  mkdir -p "${log%/*}"
  "$@" </dev/null >"$log" 2>&1 &
  pid=$!
  # An interrupt of this script is one of the command as well.
  trap 'kill "$pid" 2>/dev/null || true; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if ((SECONDS - said >= progress_interval)); then
      said=$SECONDS
      say "-- $words: $((SECONDS - start)) s; $(tail -n 1 "$log" | tr '\r' '\n' | tail -n 1 | cut -c 1-100)"
    fi
  done
  wait "$pid" || status=$?
  trap - INT TERM
  return "$status"
}

# build_preset PRESET [TARGET...]: configures where that is due (ninja itself does it again when a CMakeLists.txt
# changes; after packages were installed there is more to find) and builds. With nothing to do it says nothing. Ends the
# script when the build fails; with keep_going set, what could be built is built, and what could not is said.
build_preset() {
  local preset=$1 folder=build/$1
  shift
  local -a build=(cmake --build "$folder" --parallel "$(nproc)")
  [[ $# -eq 0 ]] || build+=(--target "$@")
  local made_for
  made_for=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt" 2>/dev/null || true)
  if [[ -n $made_for && ! $made_for -ef $PWD ]]; then
    say "-- $folder was made for a checkout in $made_for, so it is built anew here."
    rm -rf "$folder"
  fi
  if [[ ! -e $folder/build.ninja || CMakePresets.json -nt $folder/build.ninja || -n ${packages_changed-} || -n ${configure_with-} ]]; then
    # shellcheck disable=SC2086  # options, which have no spaces
    in_the_background "configuring" "$folder/configure.log" cmake --preset "$preset" ${configure_with-} || {
      cat "$folder/configure.log" >&2
      exit "$could_not"
    }
    packages_changed='' configure_with=''
  fi
  if [[ $("${build[@]}" -- -n 2>&1) == *'no work to do'* ]]; then return; fi # -n: a dry run
  local start=$SECONDS status=0
  [[ -z ${keep_going-} ]] || build+=(-- -k 0)
  if [[ -t 2 ]]; then
    "${build[@]}" </dev/null >&2 || status=$?
  else
    in_the_background "building $preset" "$folder/build.log" "${build[@]}" || status=$?
  fi
  if [[ $status -ne 0 && -n ${keep_going-} ]]; then
    say "-- building $preset: done in $((SECONDS - start)) s, and some of it failed. What failed takes no part; the compilers' words: $folder/build.log"
  elif [[ $status -ne 0 ]]; then
    [[ -t 2 ]] || grep -v '^\[[0-9]*/[0-9]*\] ' "$folder/build.log" >&2 || true
    give_up "-- building $preset failed; the compilers' words stand above."
  else
    say "-- building $preset: done in $((SECONDS - start)) s"
  fi
}
