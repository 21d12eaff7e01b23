# SPDX-License-Identifier: MIT
"""Our service as other people's code sees it: the D-Bus library of Victron's Node-RED nodes.

The npm packages are installed into DMB_NPM_DIR, from the registry npm is configured for.
"""
import json
import os
import shutil
import signal
import unittest

from harness import paths
from harness.bus import SERVICE, Item
from harness.case import LIMITS, Case, payload
from harness.process import Process, run
from harness.waiting import wait_until

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "npm")


def install():
    """The folder with our scripts and node_modules beside them."""
    folder = os.environ["DMB_NPM_DIR"]
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(HERE):
        shutil.copy(os.path.join(HERE, name), folder)
    done = os.path.join(folder, "node_modules", ".complete")
    if not os.path.exists(done):
        run(["npm", "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"], timeout=240)
        open(done, "w", encoding="utf-8").close()
    return folder


class Node(Process):
    """A node script whose lines are `<word> <JSON>`."""

    def __init__(self, case, script, *arguments):
        super().__init__(["node", os.path.join(case.npm, script), *arguments],
                         env=case.bus.environment(), cwd=case.npm)
        case.addCleanup(self.stop, signal.SIGKILL)

    def said(self, word):
        return [json.loads(line.text.split(" ", 1)[1]) for line in self.matching(rf"^{word} ")]


class IndependentImplementation(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.npm = install()

    def assert_same(self, theirs, ours):
        self.assertEqual(theirs.keys(), ours.keys())
        for path, seen in theirs.items():
            item = Item(seen["type"], seen["value"], seen["text"])
            if path in ("/CustomName", "/UpdateIndex"):
                continue
            self.assertEqual(item, ours[path], path)

    def test_reads_writes_and_follows_our_service(self):
        self.run_battery({**LIMITS, "Voltages": {"Cell1": 3.3, "Cell2": 3.301}, "Info": {
            **LIMITS["Info"], "ChargeMode": "Bulk ä"}})
        before = self.client.get_items()
        node = Node(self, "consumer.js", SERVICE, "Näme from Node")
        node.wait_for_log("^ready ")
        self.assert_same(node.said("items")[0], before)
        self.assert_same(node.said("leaves")[0], before)
        ours = {path[1:]: {"type": item.signature, "value": item.value} for path, item in before.items()}
        self.assertEqual(node.said("tree")[0], ours)
        self.assertEqual(node.said("texts")[0], {p[1:]: item.text for p, item in before.items()})
        self.assertEqual(node.said("wrote")[0], {"name": 0, "soc": 1, "cleared": 1})
        self.assertEqual(self.client.value("/CustomName"), "Näme from Node")
        self.assertEqual(self.client.value("/Soc"), 63.0)

        self.publish_and_wait(payload(Soc=41.5, Dc={"Power": 100, "Voltage": 50, "Temperature": None}))
        wait_until(lambda: [c for c in node.said("changed") if "/Soc" in c], 10, "node to see the change")
        change = [c for c in node.said("changed") if "/Soc" in c][0]
        self.assertEqual(change["/Soc"], {"type": "d", "value": 41.5, "text": "41%"})
        self.assertEqual(change["/Dc/0/Temperature"], {"type": "ai", "value": None, "text": "---"})
        self.assertIsNone(paths.mismatch("/Dc/0/Current", Item("d", change["/Dc/0/Current"]["value"], "2.0A"),
                                         paths.expected("/Dc/0/Current", 2.0)))

    def test_our_settings_calls_are_understood(self):
        node = Node(self, "settings.js", "177")
        node.wait_for_log("^ready ")
        self.run_battery()
        self.assertEqual(self.client.get_value("/DeviceInstance"), ("i", 177))
        self.assertEqual(self.client.get_value("/CustomName"), ("s", "From Node"))
        wishes = {w["path"]["value"].rsplit("/", 1)[1]: w for w in node.said("add")}
        self.assertEqual(wishes["ClassAndVrmInstance"]["default"], {"type": "s", "value": "battery:100"})
        self.assertEqual(wishes["CustomName"]["default"]["type"], "s")
        self.client.set_value("/CustomName", "Shed")
        wait_until(lambda: [s for s in node.said("set") if s["value"] == "Shed"], 10, "the name to be stored")
        stored = node.said("set")[-1]["path"]
        node.stop(signal.SIGKILL)
        self.assertEqual(stored.rsplit("/", 1)[1], "CustomName")
        self.publish_and_wait(payload(Soc=50))


if __name__ == "__main__":
    unittest.main()
