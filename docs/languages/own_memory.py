# SPDX-License-Identifier: MIT OR Apache-2.0
"""Gives an object of Python's to C's free, for crossheap trace to say whose memory it is."""
import ctypes

kept = [bytes(100) for _ in range(3)]
ctypes.CDLL(None).free(ctypes.c_void_p(id(kept[1])))
