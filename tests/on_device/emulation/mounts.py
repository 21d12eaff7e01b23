# SPDX-License-Identifier: MIT
"""/proc for the device, in a mount namespace of our own that ends with the test.

Where mounting is not allowed (a container without that right) the device does without: then only the
package that the tests make themselves runs, as the dynamic loader needs /proc to find $ORIGIN.
"""
import ctypes
import os
import subprocess

_CLONE_NEWNS = 0x00020000


def _own_namespace():
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS) != 0:
        return False
    return _mount("--make-rprivate", "/")


def _mount(*arguments):
    return subprocess.run(["mount", *arguments], stderr=subprocess.DEVNULL, check=False).returncode == 0


ALLOWED = _own_namespace()


def mount_proc(root):
    """Makes `root` a mount point of its own, with /proc in it; False when that is not allowed."""
    return ALLOWED and _mount("--bind", root, root) and \
        _mount("-t", "proc", "proc", os.path.join(root, "proc"))

