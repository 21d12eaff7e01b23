# SPDX-License-Identifier: MIT
"""A bank of other drivers' batteries that leave, hang, flap, lie, block, change their name and come in any order,
while an independent client knows what the bank may allow at most. Every sequence is a seed and a fresh
daemon; a few by default, by hand as many as one likes:

    tests/scenarios/test_bank_members.py --sequences 1000 --seed 1
"""
import argparse
import os
import random
import sys
import time
import unittest

from support import ScenarioCase, slowness, wait_until

from harness.daemon import ini
from harness.packs import CCL, CHARGE, CVL, DCL, DISCHARGE, Pack
from harness.shunts import FakeShunt

OPTIONS = {"sequences": 8, "seed": 1}
BANK = "com.victronenergy.battery.bank_110"
TIMEOUT_S = 3  # of a member that hangs
ACTS_S = 1.0  # what a member tells is in force
HUNG_S = 2 * TIMEOUT_S + 1.0
READ_ANEW_S = 16.0  # one that hung: the question that it owes runs out, and it is asked again
CONFIG = {"DEFAULT": {"logging": "INFO", "min_update_interval": 0},
          "BANK House": {"device_instance": 110, "members": "serialbattery, can, lynx", "timeout": TIMEOUT_S,
                         "log_period": 0}}


class Told:
    """What one member tells, as far as limits go."""

    def __init__(self, pack):
        self.pack = pack
        self.whole = dict(pack.items)
        self.here = True
        self.hung = False
        self.killed = False

    def of(self, path):
        """A number that an item can hold; what is no possible reading is none."""
        value = self.pack.items.get(path)
        return value if isinstance(value, (int, float)) and value >= 0 else None

    def lost(self):
        return (not self.here or self.hung or self.killed or self.of("/Connected") != 1
                or self.of("/Dc/0/Voltage") is None or self.of("/Alarms/BmsCable") == 2
                or any(self.of(path) is None for path in (CVL, CCL, DCL)))

    def blocks(self, limit, allowed):
        return self.of(limit) == 0 or self.of(allowed) == 0

    def part(self, limit, allowed):
        """(limit, capacity or None) of one that has a say; None of one that is lost or blocks."""
        if self.lost() or self.blocks(limit, allowed):
            return None
        return self.of(limit), self.pack.capacity_ah


def most(members, limit, allowed):
    """What the bank may allow at most, when nobody carries a current: each gets its part of the capacity."""
    parts = [part for part in (member.part(limit, allowed) for member in members) if part]
    if not parts:
        return 0.0
    known = [m.pack.capacity_ah for m in members if m.pack.capacity_ah and not m.lost()]
    usual_ah = sum(known) / len(known) if known else 1.0
    parts = [(value, capacity or usual_ah) for value, capacity in parts]
    whole_ah = sum(capacity for _, capacity in parts)
    return min([sum(value for value, _ in parts)]
               + [value * whole_ah / capacity for value, capacity in parts])


def highest_cvl(members):
    """Of those that are heard the least; when nobody is, any of them."""
    heard = [member.of(CVL) for member in members if not member.lost()]
    return min(heard) if heard else 28.4


# --- what may happen to a member; each returns within how many seconds it must be in force -------

def _tell(member, rng, items):
    member.pack.change(items=items, with_properties=rng.random() < 0.5)
    return ACTS_S


def leaves(member, _rng):
    if member.here and not member.killed:
        member.here = False
        member.pack.release()
    return ACTS_S


def comes(member, _rng):
    if not member.here and not member.killed:
        member.here = True
        member.pack.claim()
    return ACTS_S


def flaps(member, rng):
    for _ in range(rng.randrange(2, 5)):
        leaves(member, rng)
        time.sleep(rng.choice((0.0, 0.02)))
        comes(member, rng)
    return ACTS_S


def hangs(member, _rng):
    member.pack.hang()
    member.hung = True
    return HUNG_S


def wakes(member, rng):
    """It has dropped the questions it was asked; what it tells is what brings it back."""
    was_hung, member.hung = member.hung, False
    member.pack.order(deaf=[])
    _tell(member, rng, {"/Soc": 61.0})
    return READ_ANEW_S if was_hung else 0.0


def limits(member, rng):
    ccl, dcl = rng.choice((0.0, 1.0, 10.0, 40.0, 80.0)), rng.choice((0.0, 5.0, 60.0))
    return _tell(member, rng, {CCL: ccl, DCL: dcl})


def blocks(member, rng):
    return _tell(member, rng, {rng.choice((CHARGE, DISCHARGE)): rng.choice((0, 1))})


def too_cold(member, rng):
    return _tell(member, rng, {CCL: 0.0, CHARGE: 0, "/Alarms/LowChargeTemperature": 2, "/Dc/0/Temperature": -5.0})


def lowers_voltage(member, rng):
    return _tell(member, rng, {CVL: rng.choice((28.4, 28.0, 27.2))})


def says_nothing(member, rng):
    return _tell(member, rng, {rng.choice((CVL, CCL, DCL, "/Dc/0/Voltage")): None})


def is_not_connected(member, rng):
    return _tell(member, rng, rng.choice(({"/Connected": 0}, {"/Alarms/BmsCable": 2})))


def lies(member, rng):
    value = rng.choice(({"as": "d", "value": float("nan")}, {"as": "d", "value": 1e308}, "80", -5.0,
                        {"as": "ai", "value": []}, {"as": "as", "value": ["x"]}))
    return _tell(member, rng, {rng.choice((CCL, DCL)): value})


def is_renamed(member, rng):
    return _tell(member, rng, {"/CustomName": rng.choice(("", "Other", "lynx", "BANK House"))})


def is_well(member, rng):
    was_hung = member.hung
    wakes(member, rng)
    comes(member, rng)
    _tell(member, rng, dict(member.whole))
    return READ_ANEW_S if was_hung else ACTS_S


STEPS = {leaves: 4, comes: 2, flaps: 2, hangs: 1, wakes: 1, limits: 6, blocks: 4, too_cold: 2, lowers_voltage: 2,
         says_nothing: 3, is_not_connected: 2, lies: 2, is_renamed: 2, is_well: 4}


class BankMembers(ScenarioCase):
    def setUp(self):
        super().setUp()
        self.members = [Told(pack) for pack in (
            Pack(self, "serial", 1, capacity_ah=280.0, ccl=100.0, dcl=120.0),
            Pack(self, "serial", 2, capacity_ah=100.0, ccl=80.0, dcl=60.0),
            Pack(self, "can", 3, capacity_ah=None, ccl=50.0, dcl=60.0),
            Pack(self, "lynx", 4, capacity_ah=200.0, ccl=90.0, dcl=150.0))]
        # Monitors that measure what the packs measure: they must not count.
        FakeShunt(self, "ttyS5", items={"/Dc/0/Voltage": 26.8, "/Dc/0/Current": 33.0}, capacity=600)
        FakeShunt(self, "ttyS6", items={"/Dc/0/Voltage": 26.8, "/Dc/0/Current": 33.0, "/ProductId": 0xA381,
                                        "/ProductName": "BMV-712 Smart"}, vreg={})

    def shown(self):
        return {path: item.value for path, item in self.client.get_items(BANK).items()}

    def complaint(self):
        """What is wrong with the bank's limits now; None: nothing."""
        if not self.client.owner(BANK):
            return "the bank is not on the bus" if any(not m.lost() for m in self.members) else None
        shown = self.shown()
        heard = sum(not member.lost() for member in self.members)
        if shown["/System/NrOfModulesOnline"] != heard:
            return f"{shown['/System/NrOfModulesOnline']} members online, of {heard} that tell what they must"
        for limit, allowed in ((CCL, CHARGE), (DCL, DISCHARGE)):
            allowed_a = most(self.members, limit, allowed)
            everybody_lost = all(member.lost() for member in self.members)
            if everybody_lost and limit == DCL:
                continue  # a house that is lit stays lit
            if shown.get(limit) is None or shown[limit] > allowed_a + 1e-3:
                return f"{limit} is {shown.get(limit)}, and at most {allowed_a:g} is allowed"
        if shown.get(CVL) is None or shown[CVL] > highest_cvl(self.members) + 1e-3:
            return f"{CVL} is {shown.get(CVL)}, and at most {highest_cvl(self.members):g} is told"
        if shown["/Dc/0/Current"] not in (None, 0.0):
            return f"a current of {shown['/Dc/0/Current']} A that no pack has"
        return None

    def obeys(self, seconds, history):
        """Fails if the bank allows too much for longer than that."""
        seen = []

        def right():
            seen[:] = [self.complaint()]
            return seen[0] is None
        try:
            wait_until(right, seconds * slowness() + 0.5, lambda: str(seen), 0.02)
        except AssertionError:
            self.fail(f"{seen[0]} {seconds} s after the last of:\n" + "\n".join(history)
                      + "\nThe log:\n" + "\n".join(line.text for line in self.daemon.lines[-40:]))

    def heal(self, rng):
        for member in self.members:
            is_well(member, rng)

    def sequence(self, seed):
        rng = random.Random(seed)
        self.heal(rng)
        late = [member for member in self.members if rng.random() < 0.2]
        for member in late:
            leaves(member, rng)
        if os.path.exists(self.state_file()):  # what is held back from before would hide what is too high
            os.remove(self.state_file())
        daemon = self.start_daemon(ini(CONFIG), name=f"config-{seed}.ini")
        rng.shuffle(late)
        for member in late:
            time.sleep(rng.choice((0.0, 0.05)))
            comes(member, rng)
        self.client.wait_for_name(BANK)
        history = [f"seed {seed}, late: {[member.pack.kind for member in late]}"]
        self.obeys(10.0, history)
        most_so_far = self.shown()[CCL]
        if not late:  # nothing holds it back: what is looked at is the limit itself
            self.assertAlmostEqual(most_so_far, most(self.members, CCL, CHARGE), 3)
        for _ in range(rng.randrange(3, 8)):
            member = rng.choice(self.members)
            step = rng.choices(list(STEPS), weights=list(STEPS.values()))[0]
            if member.hung:  # what sends is not hung, whatever it owes
                step = rng.choice((wakes, is_well))
            seconds = step(member, rng)
            history.append(f"{step.__name__} {member.pack.service}: {[member.pack.items.get(p) for p in (CVL, CCL, DCL)]}")
            self.obeys(seconds, history)
            ccl = self.shown().get(CCL) if self.client.owner(BANK) else 0
            self.assertLessEqual(ccl or 0, most_so_far + 1e-3, f"it rose at once: {history}")
        self.assertTrue(daemon.running(), f"the daemon ended: {history}")
        self.assertFalse(daemon.matching("Sanitizer|runtime error"))
        daemon.terminate()
        self.client.wait_for_no_name(BANK)

    def test_no_limit_is_ever_above_what_the_present_members_allow(self):
        began = time.monotonic()
        for seed in range(OPTIONS["seed"], OPTIONS["seed"] + OPTIONS["sequences"]):
            self.sequence(seed)
        print(f"\nSCENARIO bank of others' batteries: {OPTIONS['sequences']} sequences in "
              f"{time.monotonic() - began:.0f} s, no limit too high", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A bank of other drivers' batteries, in random order.")
    parser.add_argument("--sequences", type=int, default=OPTIONS["sequences"])
    parser.add_argument("--seed", type=int, default=OPTIONS["seed"])
    options, rest = parser.parse_known_args()
    OPTIONS.update(vars(options))
    unittest.main(argv=[sys.argv[0], *rest])
