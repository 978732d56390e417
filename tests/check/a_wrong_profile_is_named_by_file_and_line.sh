#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A user's profile works as ours do; what is wrong in one is named with its file, its line and what is meant, and
# nothing is run.
# shellcheck source=tests/check/check.bash
source "$(dirname "$0")/check.bash"

build none plugin.so
cat >mine.toml <<'TOML'
name = "mine"
about = "plugins of my host"
flags = "RTLD_NOW"
modes = ["local"]
source = "this test"

[host]
programs = ["perl"]
package = "perl-base"
arguments = ["-e", "require DynaLoader; DynaLoader::dl_load_file('{plugin}', 0) or die; print 'went well'"]
success = "went well"

[host.without]
arguments = ["-e", "1"]
TOML
run 0 check --profile ./mine.toml --allocators as-installed plugin.so
says out 'opened by /usr/bin/perl under the agent'

wrong() {
  sed "$1" mine.toml >wrong.toml
  run 2 check --profile ./wrong.toml plugin.so
  says err "wrong.toml:$2"
  says err "$3"
}
wrong 's/^about.*/about = 3/' 2 "'about' must be a text"
wrong 's/^about/abuot/' 2 "did you mean 'about'?"
wrong 's/^modes.*/modes = ["sideways"]/' 4 "'sideways' is no load mode"
wrong 's/^flags.*/flags = "unended/' 3 'is not TOML'
wrong 's/{plugin}/{plugni}/' 7 "'{plugni}' is no placeholder"
wrong 's/^success.*/status = 1000/' 11 "'status' must be a number from 0 to 255"
wrong '/without/,$d' 7 'lacks [host.without]'
wrong 's/^programs.*/programs = ["perl{version}", "perl"]/' 8 "'programs' has {version}, and [host] lacks 'version_folder'"
wrong 's|^package.*|&\nversion_folder = "/perl/"|' 10 "'version_folder' must have {version} in it"
wrong 's/^name.*/name = "all"/' 1 "not 'all' or 'auto'"
printf '\n[[host.file]]\npath = "../outside"\ntext = "x"\n' >>mine.toml
wrong '' 16 'must stay inside {dir}'
run 2 check --profile phpp plugin.so
says err "did you mean 'php'?"
run 2 check --profile ./missing.toml plugin.so
says err 'cannot be read as a profile'

# What has no end, waits for a writer, or is nested as no profile is.
mkfifo waits.toml
for file in ./waits.toml /dev/zero; do
  run 2 check --profile "$file" plugin.so
  says err 'cannot be read as a profile: it is no regular file'
  run 2 check --contract "$file" plugin.so
  says err 'cannot be read as a contract: it is no regular file'
done
for option in --expect --baseline; do
  run 2 check --static "$option" /dev/zero plugin.so
  says err '/dev/zero: cannot be read: it is no regular file'
done
{ echo 'name = "a.b"'; printf 'a%.0s.' {1..50000}; echo 'b = 1'; } >deep.toml
run 2 check --profile ./deep.toml plugin.so
says err 'deep.toml:2: has a key of more than 64 parts'
{ printf '["'; printf 'a%.0s"."' {1..50000}; echo 'b"]'; } >deep.toml
run 2 check --contract ./deep.toml plugin.so
says err 'deep.toml:1: has a key of more than 64 parts'
{ sed '/^about/d' mine.toml | head -n 3; printf 'about = "'; printf '.%.0s' {1..500}; echo '"'; } >dots.toml
run 2 check --profile ./dots.toml plugin.so
says err "lacks 'source'"

run 2 check --allocators jemaloc plugin.so
says err 'is no allocator that a check knows'
run 2 check --allocators jemalloc,,tcmalloc plugin.so
says err '--allocators: has a name that is empty'
run 2 check ./missing.so
says err './missing.so: is not there'
echo text >text.so
run 2 check ./text.so
says err 'is not an ELF file'
run 2 check
says err 'give a PLUGIN'
