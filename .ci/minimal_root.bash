# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A Debian with nothing installed, for scripts that look at what a stranger meets. It is made by mmdebstrap in a folder of its own,
# once for all of them (build/minimal_root.tar; two scripts at once must not make it), and is gone when the script ends. It needs root and the package sources of this
# machine; without one of them the script ends with 77, and says which. Sourced with the root of the checkout as the current directory.

skip() {
  echo "skipped: $*"
  exit 77
}

# in_a_namespace_of_its_own ARGUMENT...: starts this script again in a mount namespace, so that no mount is left behind however it ends.
# Sets `machine`, the root to be, and `log`.
in_a_namespace_of_its_own() {
  [[ $(id -u) -eq 0 ]] || skip "only root can make another root"
  command -v mmdebstrap >/dev/null || skip "mmdebstrap is not installed"
  unshare --mount true 2>/dev/null || skip "this container may not mount anything"
  if [[ -z ${CROSSHEAP_MINIMAL_ROOT-} ]]; then
    CROSSHEAP_MINIMAL_ROOT=$(mktemp -d)
    export CROSSHEAP_MINIMAL_ROOT
    trap 'rm -rf --one-file-system "$CROSSHEAP_MINIMAL_ROOT"' EXIT
    local status=0
    unshare --mount --propagation private "$0" "$@" || status=$?
    exit "$status"
  fi
  # In memory where there is enough of it: dpkg waits for the disk after every file. Not where a build goes there, too.
  if [[ -z ${builds_in_the_root-} && $(awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo) -ge 8 ]]; then
    mount -t tmpfs -o mode=0755 tmpfs "$CROSSHEAP_MINIMAL_ROOT"
    export TMPDIR=$CROSSHEAP_MINIMAL_ROOT
  fi
  machine=$CROSSHEAP_MINIMAL_ROOT/root log=$CROSSHEAP_MINIMAL_ROOT/mmdebstrap.log
}

readonly root_archive=build/minimal_root.tar

# make_root_archive RELEASE: that Debian as an archive, which stays for the next script.
make_root_archive() {
  local file
  # Package lists grow old: what they name is no longer there to be fetched.
  if [[ ! -f $root_archive || -n $(find "$root_archive" -mmin +720) ]]; then
    # The machine's own sources and settings of apt, a proxy for instance, hold in the other root as well.
    local -a sources=() settings=()
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do [[ ! -s $file ]] || sources+=("$file"); done
    for file in /etc/apt/apt.conf.d/*; do [[ ! -f $file ]] || ! grep -qi 'proxy\|acquire' "$file" || settings+=("--aptopt=$file"); done
    mkdir -p build
    mmdebstrap --quiet --variant=minbase --include=ca-certificates "${settings[@]}" "$1" build/minimal_root.new.tar "${sources[@]}" \
      >"$log" 2>&1 </dev/null || skip "mmdebstrap cannot make a root here: $(tail -n 1 "$log")"
    mv build/minimal_root.new.tar "$root_archive"
  fi
}

# make_root RELEASE: it stands in $machine.
make_root() {
  local file
  make_root_archive "$1"
  mkdir -p "$machine"
  tar --extract --file "$root_archive" --directory "$machine" --exclude './dev/*'
  for file in /etc/resolv.conf /etc/hosts; do [[ ! -e $file ]] || cat "$file" >"$machine$file"; done
  mount -t proc proc "$machine/proc"
  mount --rbind /dev "$machine/dev"
  mount -t sysfs -o ro sysfs "$machine/sys" 2>/dev/null || true
}

# inside COMMAND: as root, there.
inside() { env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb chroot "$machine" "$@"; }
