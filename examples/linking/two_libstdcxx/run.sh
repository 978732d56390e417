#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck source=examples/linking/case.bash
source "$(dirname "$0")/../case.bash"

say '# Two libstdc++'
say 'A plugin linked with `-static-libstdc++` and hidden symbols has a C++ runtime of its own: its own locales, its own
stream state, its own list of the exceptions that are being handled. The second one knows nothing of what the first one does.'
listing host.cpp
listing plugin.cpp
works 'g++ host.cpp -o host'
works 'g++ -shared -fPIC plugin.cpp -o plugin.so -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL'
fails './host'
answers XH404 'crossheap inspect plugin.so | grep -A 1 -E "languages|XH404"'
works 'crossheap inspect host | grep languages'
say 'The fix: one runtime for all. Or an interface of C types only.'
works 'g++ -shared -fPIC plugin.cpp -o plugin.so'
works './host'
