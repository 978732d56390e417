<?php
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Gives memory of PHP's to C's free, for crossheap trace to say whose it is.
FFI::cdef('void free(void *);')->free(FFI::addr(FFI::new('char[100]', false)));
