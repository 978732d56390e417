#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# GNU parallel runs the parts and merges them; a part that is there is not run again; the Kubernetes manifest fits its schema;
# the container's list of packages exists.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"
cluster=$SOURCE/examples/cluster
some=(matrix --host system --plugin system --mode local --contract bcd)
export CROSSHEAP

if command -v parallel >/dev/null; then
  "$cluster/parallel.sh" : parts 3 "${some[@]}" >out 2>err </dev/null || { cat err; exit 1; }
  says out '(d) the allocation ABI            all'
  stat -c %Y.%i parts/part-*.json >before
  "$cluster/one_shard.sh" 2 3 parts "${some[@]}" >out || exit 1
  says out 'parts/part-2.json is there already'
  stat -c %Y.%i parts/part-*.json | diff before - || exit 1
  CROSSHEAP=/bin/false "$cluster/parallel.sh" : broken 2 "${some[@]}" >out 2>err </dev/null && { echo 'a failed part went unseen'; exit 1; }
else
  echo 'GNU parallel is not installed'
fi

# Each package of the container is one that Debian has.
if command -v apt-cache >/dev/null; then
  sed -n '/^FROM debian:12$/,$p' "$cluster/Containerfile" | tr -s ' ' '\n' | grep -E '^lib[a-z0-9.+-]+$' >packages
  [[ $(wc -l <packages) -ge 8 ]] || { echo 'the container installs too few packages'; exit 1; }
  while read -r package; do
    apt-cache show "$package" >/dev/null 2>&1 || { echo "Debian has no package $package"; exit 1; }
  done <packages
  # And they bring all libraries that the program needs.
  for library in $(readelf -d "$CROSSHEAP" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p'); do
    case $library in libc.so.* | libm.so.* | libgcc_s.so.* | ld-linux*) continue ;; esac
    file=$(readlink -f "$(ldconfig -p | sed -n "s|.*$library .* => ||p" | head -n 1)")
    package=$(dpkg -S "$file" 2>/dev/null | cut -d: -f1)
    grep -qx -- "${package:-unknown}" packages || { echo "the container lacks $package, which has $library"; exit 1; }
  done
fi

# kubernetes-validate carries the schemas, so it needs a network only to be installed.
python3 -m venv tools >/dev/null 2>&1 || { echo 'python3-venv is not installed: the manifest was not validated'; exit 0; }
tools/bin/pip -q install kubernetes-validate pyyaml >pip.log 2>&1 || { echo 'PyPI cannot be reached: the manifest was not validated'; exit 0; }
tools/bin/python - "$cluster/kubernetes.yaml" <<'PYTHON' || exit 1
import sys, yaml, kubernetes_validate
documents = list(yaml.safe_load_all(open(sys.argv[1])))
assert [d["kind"] for d in documents] == ["PersistentVolumeClaim", "Job", "Job"], documents
for document in documents:
    kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
wrong = dict(documents[1], spec=dict(documents[1]["spec"], completions="many"))
try:
    kubernetes_validate.validate(wrong, kubernetes_validate.latest_version(), strict=True)
except kubernetes_validate.ValidationError:
    sys.exit(0)
sys.exit("the validator accepts a manifest that is wrong")
PYTHON
