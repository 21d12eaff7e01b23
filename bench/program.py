# SPDX-License-Identifier: MIT
"""How each of the measuring programs begins, with what bench/run.sh hands to it, and how it ends: by itself, by what it
could not start, or because somebody ends it."""

import argparse
import signal
import sys

from playground import StartError


def parser(name, description, inputs, optional=()):
    """Of `bench/run.sh NAME`; `inputs`: what the script hands over, of which it need not have the `optional` ones."""
    result = argparse.ArgumentParser(prog=f"bench/run.sh {name}", description=description)
    for one in inputs:
        result.add_argument(f"--{one}", required=one not in optional, help=argparse.SUPPRESS)
    result.add_argument("--document", action="store_true", help="also put the table into docs/measurements.md")
    return result


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
