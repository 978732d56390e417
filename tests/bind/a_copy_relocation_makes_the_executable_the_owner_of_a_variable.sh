#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The library whose variable it was reads the copy, too, but for deepbind and other namespaces.
# shellcheck source=tests/bind/bind.bash
source "$(dirname "$0")/bind.bash"

library data <<<'int shared_value = 1; int *where(void) { return &shared_value; }'
program host -fno-pie -no-pie -ldata <<<'extern int shared_value; int main(void) { return shared_value; }'
library plugin -ldata <<<'extern int shared_value; int use(void) { return shared_value; }'
bind --host host libplugin.so
gets local libdata.so shared_value host
gets local libplugin.so shared_value host
gets deepbind libplugin.so shared_value libdata.so
gets namespace 'libplugin.so in namespace 1' shared_value 'libdata.so in namespace 1'
