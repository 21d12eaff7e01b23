#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Renders the templates of a discovery message as Home Assistant does, in Jinja's sandbox: each must find
its value in the state, and say that it is not known where the state lacks it, without an error: after
one, Home Assistant goes on showing the last value."""

import json
import subprocess
import sys

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

UNKNOWN = {"sensor": {"None", "unknown"}, "binary_sensor": {"None"}}
KNOWN = {"sensor": {"1.5", "1", 255 * "x"}, "binary_sensor": {"ON"}}


def problems_of(discovery, state):
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for name, component in discovery["components"].items():
        template = environment.from_string(component["val_tpl"])
        for about, message, wanted in (("known", state, KNOWN), ("lacking", {}, UNKNOWN)):
            text = template.render(value_json=message)
            if text not in wanted[component["p"]]:
                yield f"{name}, {about}: {text!r}"
        if "json_attr_tpl" in component:
            attributes = environment.from_string(component["json_attr_tpl"])
            for message in (state, {}, {"About": {"limits": {}}}):
                if not isinstance(json.loads(attributes.render(value_json=message)), dict):
                    yield f"{name}: its attributes are no object"
    current = discovery["components"]["Info_MaxChargeCurrent"]["json_attr_tpl"]
    if json.loads(environment.from_string(current).render(value_json=state)).get("why") != "full":
        yield "the reason of a limit is not found"


def main():
    discovery, state = json.loads(subprocess.run(sys.argv[1:], check=True, capture_output=True).stdout)
    problems = list(problems_of(discovery, state))
    print("\n".join(problems) or f"{len(discovery['components'])} templates")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
