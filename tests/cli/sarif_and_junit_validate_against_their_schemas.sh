#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# SARIF reports validate against the published schema of 2.1.0, by python3-jsonschema: of every verb, of hostile names, of a
# report without findings. The schema comes from the crate serde-sarif, which carries it. A fingerprint survives a rebuild
# and a move. JUnit reports validate against the schema of Jenkins' xUnit plugin, as long as pytest's sources can be had.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/cli.bash"

skip() {
  echo "skipped: $*"
  exit 77
}
python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
command -v cargo >/dev/null || skip "cargo is not installed, which brings the schema"

cat >plugin.c <<'END_OF_SOURCE'
#include <stdlib.h>
#ifdef PADDING
int padding(int n) { return n * PADDING + 1; }
#endif
void *malloc(size_t n) { (void)n; return 0; }
void free(void *p) { (void)p; }
END_OF_SOURCE
name=$'odd | <b>&\x01\xff\xe2\x80\xae\nname.so'
cc -shared -fPIC -fno-builtin -g -o plugin.so plugin.c || exit 77
mkdir elsewhere
cc -shared -fPIC -fno-builtin -g -DPADDING=77 -O1 -o elsewhere/plugin.so plugin.c
cp plugin.so "$name"
echo 'no ELF file' >text.so

jemalloc=$BUILD/lib/crossheap/runners/jemalloc system=$BUILD/lib/crossheap/plugins/system.so
run 2 inspect plugin.so "$name" text.so -o inspect.sarif -o inspect.xml
run 0 inspect /bin/true -o clean.sarif -o clean.xml
run 1 bind --host "$jemalloc" "$system" -o bind.sarif -o bind.xml
"$CROSSHEAP" trace -o trace.sarif -o trace.xml -- "$jemalloc" --plugin "$system" --mode deepbind --scenario malloc --direction to-plugin \
  >run.log 2>&1 </dev/null
"$CROSSHEAP" matrix --host jemalloc --plugin system --mode deepbind -o matrix.sarif -o matrix.xml >run.log 2>&1 </dev/null

# A stack of a file with debug information leads to its lines.
jq -e '.runs[0].results[0].locations[0].physicalLocation | .artifactLocation.uri != "" and .region.startLine > 0' trace.sarif >/dev/null ||
  { echo 'no source line in trace.sarif'; exit 1; }

# Another build, in another folder, with other addresses: the same fingerprints.
run 1 inspect elsewhere/plugin.so -o other.sarif
run 1 inspect plugin.so -o one.sarif
prints='[.runs[0].results[].partialFingerprints["crossheap/v1"]] | sort'
[[ $(jq -c "$prints" one.sarif) == "$(jq -c "$prints" other.sarif)" ]] || { echo 'a rebuild changes fingerprints'; exit 1; }
mkdir moved && cp "$system" "$jemalloc" moved/
"$CROSSHEAP" trace -o moved.sarif -- moved/jemalloc --plugin moved/system.so --mode deepbind --scenario malloc --direction to-plugin \
  >run.log 2>&1 </dev/null
[[ $(jq -c "$prints" trace.sarif) == "$(jq -c "$prints" moved.sarif)" ]] || { echo 'a move changes fingerprints'; exit 1; }
run 1 bind --host moved/jemalloc moved/system.so -o moved.sarif
[[ $(jq -c "$prints" bind.sarif) == "$(jq -c "$prints" moved.sarif)" ]] || { echo 'a move changes fingerprints of bind'; exit 1; }

# The schemas.
mkdir -p schema/src
printf '[package]\nname = "schema"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\nserde-sarif = { version = "=0.4.2", default-features = false }\n[workspace]\n' >schema/Cargo.toml
touch schema/src/lib.rs
# Its sources go below this folder, so that they are found whatever the user's are.
CARGO_HOME=$PWD/cargo timeout 60 cargo fetch --quiet --manifest-path schema/Cargo.toml >cargo.log 2>&1 || skip "cargo cannot bring the schema: $(tail -n 1 cargo.log)"
schema=$(find cargo -path '*serde-sarif*' -name schema.json | head -n 1)
[[ -n $schema ]] || { echo 'the crate has no schema any more'; exit 1; }
cat >validate.py <<'END_OF_SCRIPT'
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
wrong = [f"{path}: {'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for path in sys.argv[2:] for e in validator.iter_errors(json.load(open(path)))]
print("\n".join(wrong[:20]))
sys.exit(bool(wrong))
END_OF_SCRIPT
python3 validate.py "$schema" inspect.sarif clean.sarif bind.sarif trace.sarif matrix.sarif one.sarif || exit 1
# The validator refuses what is wrong.
jq '.runs[0].results[0].level = "bad"' one.sarif >wrong.sarif
! python3 validate.py "$schema" wrong.sarif >/dev/null || { echo 'the validator accepts everything'; exit 1; }

command -v xmllint >/dev/null || { echo 'JUnit is not validated: xmllint is not installed'; exit 0; }
timeout 90 python3 -m pip download --no-deps --no-binary :all: -q -d pytest pytest==7.4.4 >pip.log 2>&1 ||
  { echo "JUnit is not validated: pip cannot bring its schema: $(tail -n 1 pip.log)"; exit 0; }
tar -xzOf pytest/*.tar.gz --wildcards '*/junit-10.xsd' >junit.xsd
xmllint --noout --schema junit.xsd inspect.xml clean.xml bind.xml trace.xml matrix.xml >xmllint.log 2>&1 || { cat xmllint.log; exit 1; }
