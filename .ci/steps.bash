# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What ./run and ./test share: making sure that the Debian packages are there, and building a preset. Sourced
# with the root of the checkout as the current directory. Everything here writes to standard error, so that
# standard output stays the program's. Exit status 3: the work could not be done (docs/crossheap.1).

readonly could_not=3

say() { printf '%s\n' "$*" >&2; }

# timed WORDS -- COMMAND...: runs the command and says what was done and how long it took.
timed() {
  local words=$1 start=$SECONDS
  shift 2
  "$@" || return
  say "-- $words: done in $((SECONDS - start)) s"
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

  local -a names become=()
  mapfile -t names < <(cut -f 1 <<<"$missing")
  if [[ $(id -u) -ne 0 ]]; then
    # On a terminal sudo may ask for the password; elsewhere nobody could answer.
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]; }; then
      become=(sudo)
    else
      say "Installing them needs root. Type this, then start ./${0##*/} again:"
      say "  $(command -v sudo >/dev/null && echo 'sudo sh' || echo su) -c" \
        "'apt-get update && apt-get install -y --no-install-recommends ${names[*]}'"
      exit "$could_not"
    fi
  fi
  local -a apt_get=("${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120)
  # A fresh machine or container has no package lists, so they are fetched first.
  if ! { logged build/apt-update.log "${apt_get[@]}" update &&
    timed "installing ${#names[@]} packages" -- \
      logged build/apt-install.log "${apt_get[@]}" install -y --no-install-recommends "${names[@]}"; }; then
    say "apt-get could not install them; its words stand above. When the network and the package sources are in order,"
    say "start ./${0##*/} again."
    exit "$could_not"
  fi
  packages_changed=1
}

# logged FILE COMMAND...: runs the command with its output in FILE, and shows it only when the command fails.
logged() {
  local log=$1
  shift
  mkdir -p "${log%/*}"
  "$@" </dev/null >"$log" 2>&1 && return
  cat "$log" >&2
  return 1
}

# build_preset PRESET [TARGET...]: configures where that is due (ninja itself does it again when a CMakeLists.txt
# changes; after packages were installed there is more to find) and builds. With nothing to do it says nothing. Ends the script when the build fails.
build_preset() {
  local preset=$1 folder=build/$1
  shift
  local -a build=(cmake --build "$folder" --parallel "$(nproc)")
  [[ $# -eq 0 ]] || build+=(--target "$@")
  if [[ ! -e $folder/build.ninja || CMakePresets.json -nt $folder/build.ninja || -n ${packages_changed-} ]]; then
    logged "$folder/configure.log" cmake --preset "$preset" || exit "$could_not"
  fi
  if [[ $("${build[@]}" -- -n 2>&1) == *'no work to do'* ]]; then return; fi  # -n: a dry run
  local start=$SECONDS
  if [[ -t 2 ]]; then
    "${build[@]}" </dev/null >&2 || exit "$could_not"
  else
    logged "$folder/build.log" "${build[@]}" || exit "$could_not"
  fi
  say "-- building $preset: done in $((SECONDS - start)) s"
}
