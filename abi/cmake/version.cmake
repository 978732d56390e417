# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The version of crossheap: the one place. abi/ may be added to a project without the rest of this tree.
set(CROSSHEAP_VERSION 0.1.0)
