# SPDX-License-Identifier: MIT
"""What each source may have told at most: an upper bound of what chargers may be allowed. In doubt
(a message that may or may not have arrived) the higher one, so that a complaint is always right."""
import threading
import time

from harness.waiting import slowness

HOLD_S = 10.0
SLACK_S = 3.0 * slowness()  # for a busy machine
RELEASE_S = 30.0


class MqttSource:
    """A battery of MQTT messages. `timeout_s`: the longest that any of its configs has."""

    cvl_v = 55.2

    def __init__(self, timeout_s, world):
        self.timeout_s, self.world = timeout_s, world
        self.last_life = None
        self.told = []  # (time, CCL) of messages that may have counted
        self.waiting = []  # the same, sent while nobody could take them
        self.ages_alone = True  # a field that is missing gets old although others come
        self._lock = threading.Lock()

    def message(self, ccl, life=True):
        """A live message goes out now; `ccl` None: it does not tell one."""
        with self._lock:
            now = time.monotonic()
            if self.world.stands_still():
                self.waiting.append((ccl, life))
            else:
                self._count(now, ccl, life)

    def _count(self, now, ccl, life):
        if life:
            self.last_life = now
        if ccl is None:
            return
        if not life:  # it may only lower
            ccl = min([ccl] + [before for _, before in self.told[-1:]])
        if not self.world.delivers():  # it may be lost, so the last one may still hold
            ccl = max([ccl] + [before for _, before in self.told[-1:]])
        self.told = [entry for entry in self.told if now - entry[0] < 60][-500:] + [(now, ccl)]

    def doubt(self, seconds=1.0):
        """What went out last may be lost."""
        with self._lock:
            now = time.monotonic()
            highest = max([ccl for moment, ccl in self.told if moment > now - seconds] + [
                ccl for moment, ccl in self.told if moment <= now - seconds][-1:], default=0.0)
            self.told = [(moment, highest if moment > now - seconds else ccl)
                         for moment, ccl in self.told]

    def delivered(self, usable):
        """What waited arrives now, if it may count at all."""
        with self._lock:
            now = time.monotonic()
            for ccl, life in self.waiting if usable else []:
                self._count(now, ccl, life)
            self.waiting = []

    def end(self):
        """It is declared gone, and that surely arrived."""
        with self._lock:
            self.last_life = min(self.last_life or 0.0, time.monotonic() - self.timeout_s)
            self.told = [(time.monotonic(), 0.0)]

    def charging_a(self, now):
        with self._lock:
            if self.world.frozen_daemon(now):
                return float("inf"), ""
            if self.last_life is None or now > self.last_life + self.timeout_s + SLACK_S:
                silent = now - self.last_life if self.last_life else now
                return 0.0, f"silent for {silent:.1f} s of {self.timeout_s} s"
            settled = [ccl for moment, ccl in self.told if moment < now - SLACK_S and
                       (not self.ages_alone or moment > now - SLACK_S - self.timeout_s)]
            fresh = [ccl for moment, ccl in self.told if moment >= now - SLACK_S]
            return max(settled[-1:] + fresh, default=0.0), f"told lately: {settled[-1:]} {fresh}"

    def expected_off(self, now):
        if self.world.frozen_daemon(now) or self.last_life is None:
            return None
        silent = now - self.last_life
        return (f"silent for {silent:.1f} s" if silent > self.timeout_s + HOLD_S + SLACK_S else None)


class BankSource:
    """A virtual BMS over equal shunts. `timeout_s`: the longest time-out of a shunt in any config."""

    cvl_v = 56.4
    most_a = 80.0

    def __init__(self, timeout_s, world, shunts):
        self.timeout_s, self.world, self.shunts = timeout_s, world, shunts

    def charging_a(self, now):
        if self.world.frozen_daemon(now):
            return float("inf"), ""
        counted = [s for s in self.shunts if not any(s.suffix in out for out in self.world.exclusions(now))]
        stops = [f"{shunt.suffix}: {what} since {now - moment:.1f} s" for shunt in counted
                 for what, moment in list(shunt.stops.items()) if now > moment + SLACK_S
                 and now < shunt.released.get(what, float("inf")) + RELEASE_S - SLACK_S]
        if stops:
            return 0.0, f"{stops}"
        return max(self._share(now, excluded) for excluded in self.world.exclusions(now))

    def _share(self, now, excluded):
        included = [s for s in self.shunts if s.suffix not in excluded]
        heard = [s for s in included if s.may_be_heard(now, self.timeout_s)]
        share = len(heard) / len(included) if included else 0.0
        return self.most_a * share, f"{len(heard)} of {len(included)} shunts heard"

    def expected_off(self, now):
        if self.world.frozen_daemon(now):
            return None
        last = max((s.last_heard(now) for s in self.shunts), default=0.0)
        silent = now - last
        return (f"no shunt for {silent:.1f} s"
                if silent > 2 * self.timeout_s + HOLD_S + 2 * SLACK_S else None)


class ShuntState:
    """A fake shunt and what can be known of it from outside."""

    def __init__(self, fake, suffix):
        self.fake, self.suffix = fake, suffix
        self.here, self.frozen, self.killed = True, False, False
        self.lost_at = None  # since when it may not be heard any more
        self.stops, self.released = {}, {}  # cause: time it began, time it ended

    def gone(self):
        if self.lost_at is None:
            self.lost_at = time.monotonic()
        for cause in list(self.stops):  # what it says does not count any more
            self.stop(cause, False)

    def back(self):
        if not self.here or self.frozen or self.killed or self.mute():
            return
        self.lost_at = None
        for cause, on in self.causes().items():
            self.stop(cause, on)

    def causes(self):
        """{why charging must stop: whether it is so}."""
        items = self.fake.items
        found = {name: items.get(f"/Alarms/{name}") == 2
                 for name in ("HighVoltage", "HighTemperature", "LowTemperature")}
        temperature = items.get("/Dc/0/Temperature")
        return found | {"temperature": temperature is not None and not 5 <= temperature <= 40}

    def mute(self):
        items = self.fake.items
        return items.get("/Connected") != 1 or items.get("/Dc/0/Voltage") is None

    def stop(self, cause, on):
        now = time.monotonic()
        if on:
            if cause not in self.stops or cause in self.released:
                self.stops[cause] = now
            self.released.pop(cause, None)
        elif cause in self.stops:
            self.released.setdefault(cause, now)

    def may_be_heard(self, now, timeout_s):
        if self.lost_at is None:
            return True
        patience = timeout_s * 2 if self.frozen else 0.0
        return now < self.lost_at + patience + SLACK_S

    def last_heard(self, now):
        return now if self.lost_at is None else self.lost_at
