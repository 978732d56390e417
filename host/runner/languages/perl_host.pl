# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Perl as a host, by an extension: perl_host.pl EXTENSION RUNNER-ARGUMENTS...
use strict;
use warnings;
use DynaLoader;

my $library = DynaLoader::dl_load_file($ARGV[0], 0) or die DynaLoader::dl_error();
my $symbol = DynaLoader::dl_find_symbol($library, 'crossheap_perl_run') or die DynaLoader::dl_error();
exit DynaLoader::dl_install_xsub('main::crossheap_run', $symbol)->(@ARGV);
