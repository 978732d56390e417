#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# usage: every_relative_link_leads_somewhere.sh BUILD
#
# Links in Markdown files, in the checkout and in the documentation that BUILD installs.
set -euo pipefail
# shellcheck source=tests/house/tree.bash
source tests/house/tree.bash
# shellcheck source=tests/house/links.bash
source tests/house/links.bash

project_files '*.md' | dead_links | report "These links lead nowhere"

prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake "-DCMAKE_INSTALL_PREFIX=$prefix" -P "$1/docs/cmake_install.cmake" >/dev/null
cd "$prefix"
find . -name '*.md' | dead_links | report "These links lead nowhere once the documentation is installed"
