# SPDX-License-Identifier: MIT OR Apache-2.0
"""Python as a host, by ctypes: ctypes_host.py LIBRARY RUNNER-ARGUMENTS..."""
import ctypes
import sys

words = [word.encode() for word in sys.argv[1:]]
run = ctypes.CDLL(sys.argv[1]).crossheap_run
sys.exit(run(len(words), (ctypes.c_char_p * len(words))(*words)))
