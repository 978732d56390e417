<?php
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// PHP as a host, by FFI: php_host.php LIBRARY RUNNER-ARGUMENTS...
$library = FFI::cdef('int crossheap_run(int count, char **words);', $argv[1]);
$words = array_slice($argv, 1);
$pointers = FFI::new('char *[' . count($words) . ']');
$texts = [];
foreach ($words as $i => $word) {
    $texts[$i] = FFI::new('char[' . strlen($word) + 1 . ']');
    FFI::memcpy($texts[$i], $word, strlen($word));
    $pointers[$i] = FFI::cast('char *', FFI::addr($texts[$i]));
}
exit($library->crossheap_run(count($words), $pointers));
