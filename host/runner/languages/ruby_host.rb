# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Ruby as a host, by an extension: ruby_host.rb EXTENSION RUNNER-ARGUMENTS...
require ARGV[0]
exit Crossheap.run(*ARGV)
