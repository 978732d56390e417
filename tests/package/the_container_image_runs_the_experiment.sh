#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# the_container_image_runs_the_experiment.sh BUILD: buildah makes the image of examples/cluster/Containerfile from a clean Debian, with
# what BUILD installs in place of its first stage, and the quick experiment runs in it: the packages of the last stage are enough.
# With CROSSHEAP_FRESH the first stage is built as well, from this checkout: the compiler's quarter of an hour once more.
set -euo pipefail
build=$1
# shellcheck source=.ci/minimal_root.bash
source .ci/minimal_root.bash
command -v buildah >/dev/null || skip "buildah is not installed"
in_a_namespace_of_its_own "$@"
make_root_archive bookworm

readonly work=$CROSSHEAP_MINIMAL_ROOT
said=$work/said
images() { buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"; }
# quietly COMMAND...: its words are shown where it fails.
quietly() { "$@" >"$said" 2>&1 </dev/null || { grep -q 'Unable to fetch\|Temporary failure\|Could not resolve' "$said" && skip "no package sources: $(tail -n 1 "$said")"; tail -n 40 "$said"; exit 1; }; }

echo "== debian:12, as mmdebstrap makes it"
base=$(images from --pull-never scratch)
quietly images add "$base" "$root_archive" /
quietly images commit --rm "$base" docker.io/library/debian:12

file=examples/cluster/Containerfile
if [[ -n ${CROSSHEAP_FRESH-} ]]; then
  echo "== the image, from the sources"
  quietly images bud --isolation chroot --pull-never -f "$file" -t crossheap .
else
  echo "== the last stage, with what this build installs"
  quietly cmake --install "$build" --prefix "$work/build/usr/local"
  awk '/^FROM / { text = "" } { text = text $0 "\n" } END { printf "%s", text }' "$file" >"$work/last"
  grep -q '^COPY --from=build ' "$work/last" || { echo "$file copies nothing from its first stage"; exit 1; }
  quietly images bud --isolation chroot --pull-never --build-context "build=$work/build" -f "$work/last" -t crossheap .
fi

echo "== the experiment in it"
container=$(images from --pull-never crossheap)
quietly images run --isolation chroot "$container" -- crossheap matrix --quick
for words in 'Does ownership of a block pass safely?' 'crossheap matrix --explain'; do
  grep -qF -- "$words" "$said" || { cat "$said"; echo "does not say: $words"; exit 1; }
done
# one_shard.sh is what the manifest starts.
quietly images run --isolation chroot "$container" -- one_shard.sh 1 1 /tmp/parts matrix --host system --plugin system --mode local --contract bcd
quietly images run --isolation chroot "$container" -- crossheap merge /tmp/parts/part-1.json
