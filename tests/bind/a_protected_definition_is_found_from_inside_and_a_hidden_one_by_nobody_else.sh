#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Visibility decides who may take its place, and who may see it.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host -rdynamic <<<'int guarded(void) { return 0; } int main(void) { return 0; }'
library plugin -fno-plt <<<'
__attribute__((visibility("protected"))) int guarded(void) { return 1; }
__attribute__((visibility("hidden"))) int secret(void) { return 1; }
int (*pointers[])(void) = {guarded, secret};
extern int elsewhere(void) __attribute__((weak));
int use(void) { return guarded() + secret() + (elsewhere ? 1 : 0); }'
library reader -lplugin <<<'
extern int secret(void) __attribute__((weak)); extern int guarded(void); int read(void) { return guarded() + (secret ? 1 : 0); }'
bind --host host libreader.so
gets local libreader.so secret null
gets local libreader.so guarded host
gets deepbind libreader.so guarded libplugin.so
[[ $(jq -r '[.modes["local"].references[] | select(.object == "libplugin.so" and .symbol == "guarded").provider] | all(. == "libplugin.so")' json) == true ]] ||
  fails 'a protected definition was taken over by the host'
