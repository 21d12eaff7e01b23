# SPDX-License-Identifier: MIT
"""An emulated GX device: a root file system of its own, entered with chroot."""
import os
import sys

# The bus, the broker and the waiting are those of the black-box tests.
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "e2e"))
