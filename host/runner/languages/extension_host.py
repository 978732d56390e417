# SPDX-License-Identifier: MIT OR Apache-2.0
"""Python as a host, by an extension module: extension_host.py EXTENSION RUNNER-ARGUMENTS..."""
import importlib.machinery
import importlib.util
import sys

loader = importlib.machinery.ExtensionFileLoader("crossheap_python", sys.argv[1])
module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
sys.exit(module.run(*sys.argv[1:]))
