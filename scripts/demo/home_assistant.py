# SPDX-License-Identifier: MIT
"""What Home Assistant makes of what is published: as its MQTT integration reads it, values by the templates."""

import json

from jinja2.sandbox import ImmutableSandboxedEnvironment

import sheet

NOT_KNOWN = ("None", "unknown")
ON_AND_OFF = {"problem": ("Problem", "OK"), None: ("On", "Off")}


class HomeAssistant:
    def __init__(self, place):
        self._place = place
        self._environment = ImmutableSandboxedEnvironment()
        place.spawn("homeassistant", ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(place.port), "-v",
                                      "-t", "homeassistant/#", "-t", "dbus-mqtt-battery/#"])

    def _messages(self):
        """{topic: its last payload}"""
        with open(self._place.path("homeassistant.log"), encoding="utf-8") as log:
            lines = [line.rstrip("\n").split(" ", 1) for line in log if line.endswith("\n")]
        return dict(line for line in lines if len(line) == 2)

    def device(self, device_id):
        """Title and columns of a sheet; None while it is not there or not available."""
        heard = self._messages()
        discovery = json.loads(heard.get(f"homeassistant/device/{device_id}/config", "null"))
        if not discovery or any(heard.get(source["t"]) != "online" for source in discovery["avty"]):
            return None
        state = json.loads(heard.get(discovery["stat_t"], "null"))
        if not state:
            return None
        shown = [(part, self._value(part, state)) for part in discovery["components"].values() if part.get("en", True)]
        known = sorted((part.get("ent_cat", ""), part["name"], row) for part, row in shown if row)
        columns = [[sheet.Heading(heading)] + [row for category, _, row in known if category == wanted]
                   for heading, wanted in (("Sensors", ""), ("Diagnostic", "diagnostic"))]
        return discovery["dev"]["name"], columns

    def _value(self, part, state):
        """A row; None: not known."""
        text = self._environment.from_string(part["val_tpl"]).render(value_json=state)
        if text in NOT_KNOWN:
            return None
        if part["p"] == "binary_sensor":
            words = ON_AND_OFF[part.get("dev_cla")]
            return sheet.Value(part["name"], words[0] if text == "ON" else words[1],
                               sheet.RED if text == "ON" and part.get("dev_cla") == "problem" else sheet.DARK)
        if "sug_dsp_prc" in part:
            text = f"{float(text):.{part['sug_dsp_prc']}f}"
        return sheet.Value(part["name"], f"{text} {part.get('unit_of_meas', '')}".rstrip())
