#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# STB_GNU_UNIQUE: two plugins that never see each other share the first definition; a namespace has its own.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

program host <<<'int main(void) { return 0; }'
for name in first second; do
  cat >$name.cpp <<'CPP'
template <typename T> struct Pool { static int value; };
template <typename T> int Pool<T>::value = 1;
int *pool() { return &Pool<int>::value; }
CPP
  c++ -g0 -O1 -shared -fPIC -o lib$name.so $name.cpp -Wl,-soname,lib$name.so
done
bind --host host --after libfirst.so libsecond.so
gets local libsecond.so _ZN4PoolIiE5valueE libfirst.so
gets deepbind libsecond.so _ZN4PoolIiE5valueE libfirst.so
gets namespace 'libsecond.so in namespace 2' _ZN4PoolIiE5valueE 'libsecond.so in namespace 2'
