# SPDX-License-Identifier: MIT
"""How each of the measuring programs ends: by itself, by what it could not start, or because somebody ends it."""

import signal
import sys

from playground import StartError


def run(main):
    """Calls main() and returns the program's exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except StartError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
