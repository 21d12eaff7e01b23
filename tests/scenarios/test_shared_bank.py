# SPDX-License-Identifier: MIT
"""Shunts of a bank that freeze, tell nothing, flap, disagree or come late: what chargers are told."""
import signal
import time
import unittest

from support import AGGREGATE, BMS, HOLD_S, Plant, ScenarioCase, Site, stays_true, wait_until

from harness.shunts import ALARMS

ALLOWED, HALF = 80.0, 40.0


class BankCase(ScenarioCase):
    def bank(self, shunts=None, plant=None, capacity=100, wait=True, **values):
        """Two equal batteries behind a virtual BMS that chargers obey."""
        values = {"temperature": 20.0, "capacity": capacity, **values}
        self.one, self.two = (self.shunt(f"ttyS{n}", **values) for n in (5, 6))
        daemon = self.aggregate({**BMS, "timeout": 5, **(shunts or {})}, wait=wait)
        self.site = getattr(self, "site", None) or Site(plant=plant)
        self.systemcalc(self.site)
        if wait:
            self.charges(ALLOWED)
        return daemon

    def charges(self, ccl, limit=3.0, begin=None):
        """Waits until the Multi is told this, less what the sun gives."""
        rest = max(0.0, ccl - self.site.mppt.sun_a)
        return self.within(limit, lambda: self.site.multi.ccl_a == rest, f"told {ccl:g} A", begin)

    def told(self, since):
        return self.site.multi.told("ccl_a", since)


class Frozen(BankCase):
    def test_a_frozen_shunt_takes_its_share_and_the_last_one_everything(self):
        self.bank()
        begin = time.monotonic()
        self.one.process.send(signal.SIGSTOP)
        self.charges(HALF, 12, begin)
        self.assertEqual(self.value("/Alarms/BmsCable"), 1)
        begin = time.monotonic()
        self.two.process.send(signal.SIGSTOP)
        self.charges(0.0, 12, begin)
        zero = time.monotonic()
        self.client.wait_for_no_name(AGGREGATE, 3 * HOLD_S)
        self.assertGreater(time.monotonic() - zero, HOLD_S - 1)
        self.cycles()
        self.assertEqual(self.site.multi.ccl_a, 0.0)
        cpu = self.daemon.cpu_seconds()
        stays_true(lambda: not self.client.owner(AGGREGATE), 2, "absence", 0.2)
        self.assertLess(self.daemon.cpu_seconds() - cpu, 0.2, "idle while off the bus")
        for shunt in (self.one, self.two):
            shunt.process.send(signal.SIGCONT)
        self.client.wait_for_name(AGGREGATE)

    def test_a_calm_shunt_that_answers_is_no_lost_one(self):
        self.bank({"timeout": 3})
        begin = time.monotonic()
        stays_true(lambda: self.site.multi.ccl_a == ALLOWED, 8, "the limit of a calm bank", 0.1)
        self.assertEqual(self.told(begin), [])


class Telling(BankCase):
    def test_members_that_tell_nothing_give_no_limits(self):
        """Values, connection or alarms that are not there: no member is heard, none is trusted."""
        nothing = {"no values": {path: None for path in ("/Dc/0/Voltage", "/Dc/0/Current", "/Dc/0/Power",
                                                         "/Soc", "/ConsumedAmphours")},
                   "not connected": {"/Connected": 0},
                   "no alarms": {path: None for path in ALARMS}}
        for what, items in nothing.items():
            with self.subTest(what):
                self.site = Site()
                self.bank(items=items, wait=False)
                self.cycles(8)
                self.assertNotIn(ALLOWED, self.told(0), what)
                self.daemon.stop()
                for shunt in (self.one, self.two):
                    shunt.kill()
                self.calc.stop()

    def test_a_member_that_stops_telling_takes_its_share(self):
        self.bank()
        begin = time.monotonic()
        self.one.change(items={"/Connected": 0})
        self.charges(HALF, 3, begin)

    def test_a_shunt_that_was_without_power_joins_before_it_knows_its_charge(self):
        """The Multi still has the 0 A that it was told before the shunts lost their power."""
        self.site = Site()
        self.site.multi.tell("ccl_a", 0.0)
        self.bank(soc=None, consumed=None)
        self.assertEqual(self.site.multi.cvl_v, 56.4)
        self.assertIsNone(self.value("soc"))


class Voltage(BankCase):
    def test_a_disconnected_battery_does_not_lower_the_sense_voltage(self):
        """Its own BMS has opened at 10.8 V; the other one is charged with 14.2 V."""
        plant = Plant(ocv_v=13.9, resistance_ohm=0.01, sun_a=30.0)
        self.bank({"max_charge_voltage": 14.2}, plant, voltage=14.2, current=15.0, kind="12v")
        self.one.change(voltage=10.8, current=0.0, items={"/Alarms/LowVoltage": 2})
        self.two.change(voltage=14.19, current=30.0)
        self.cycles(4)
        self.assertAlmostEqual(self.site.mppt.sense_v, 14.19, delta=0.02)
        senses = [v for v in self.site.mppt.told("sense_v") if v is not None]
        self.assertGreater(min(senses), 14.1, "never below what a charging battery has")
        self.assertLess(self.site.charging_a(), 31)

    def test_batteries_of_two_voltages_are_no_bank_and_a_wrong_charge_voltage_no_bms(self):
        self.bank({"max_charge_voltage": 28.4}, voltage=26.4, current=1.0, kind="12v")
        odd = self.shunt("ttyS7", kind="12v", voltage=13.2, current=1.0, capacity=100, temperature=20.0)
        self.cycles(4)
        self.assertAlmostEqual(self.value("voltage"), 26.4, places=1)
        self.assertNotIn(odd.service, self.value("/Measurement/TracksServices"))
        self.assertEqual(self.site.multi.cvl_v, 28.4)

    def test_an_empty_bank_finds_its_limits_in_the_morning_also_after_a_restart(self):
        """10.2 V are less than 14.4 V / 1.4; the charge voltage was right when the bank had more."""
        daemon = self.bank({"max_charge_voltage": 14.4}, voltage=12.8, kind="12v")
        self.one.kill()
        self.charges(HALF)
        begin = time.monotonic()
        self.two.change(voltage=10.2)
        self.becomes(items={"/Dc/0/Voltage": 10.2})
        daemon.stop()
        self.client.wait_for_no_name(AGGREGATE)
        self.start_daemon()
        self.client.wait_for_name(AGGREGATE)
        self.cycles(4)
        self.assertEqual((self.site.multi.cvl_v, self.site.multi.ccl_a), (14.4, HALF))
        self.assertEqual(self.told(begin), [], "it had the same limits all the time")

    def test_a_charge_voltage_that_does_not_fit_the_bank_is_never_written(self):
        self.bank({"max_charge_voltage": 56.8}, voltage=13.2, current=1.0, kind="12v", wait=False)
        self.daemon.wait_for_log("^ERROR .*(56.8|max_charge_voltage)")
        self.cycles(6)
        self.assertEqual(self.site.multi.told("cvl_v"), [])


class Alarms(BankCase):
    def test_cold_stops_charging_and_leaves_the_lights_on(self):
        self.bank()
        begin = time.monotonic()
        self.one.change(items={"/Alarms/LowTemperature": 2})
        self.charges(0.0, 1.5, begin)
        self.cycles()
        self.assertEqual(self.site.multi.dcl_a, 120.0)

    def test_a_flapping_shunt_does_not_hunt(self):
        self.bank()
        begin = time.monotonic()
        for _ in range(6):
            self.one.release()
            time.sleep(0.5)
            self.one.claim()
            time.sleep(0.5)
        self.cycles(3)
        raised = [(a, b) for a, b in zip([ALLOWED] + self.told(begin), self.told(begin)) if b > a]
        self.assertLessEqual(len(raised), 1, f"limits rise at each return: {self.told(begin)}")
        begin = time.monotonic()
        for _ in range(6):
            for shunt in (self.one, self.two):
                shunt.release()
            time.sleep(0.5)
            for shunt in (self.one, self.two):
                shunt.claim()
            time.sleep(0.5)
        self.cycles(3)
        full = [value for value in self.told(begin) if value == ALLOWED]
        self.assertLessEqual(len(full), 1, f"full current at each return: {self.told(begin)}")


class Memory(BankCase):
    RELOADS = ({"logging": "DEBUG"}, {"max_discharge_current": 110}, {"temp_hot_danger": 44},
               {"device_name": "Other"}, {"log_period": 60})

    def reload(self, **changes):
        """Writes the config with changed keys; returns once the daemon has read it."""
        text = open(self.daemon.config_file, encoding="utf-8").read()
        for key, value in changes.items():
            lines = [line for line in text.splitlines() if not line.startswith(key + " ")]
            section = "[DEFAULT]" if key in ("logging",) else "[SMARTSHUNTS]"
            lines.insert(lines.index(section) + 1, f"{key} = {value}")
            text = "\n".join(lines) + "\n"
        mark = self.daemon.mark()
        self.daemon.write_config(text)
        self.daemon.reload()
        self.daemon.wait_for_log("(?i)config", since=mark, timeout=20)
        self.cycles()

    def test_a_reload_forgets_neither_a_lost_member_nor_an_alarm_and_never_leaves_the_bus(self):
        self.bank()
        self.recorder.sync()
        owner = self.client.owner(AGGREGATE)
        self.one.kill()
        self.charges(HALF)
        begin = time.monotonic()
        for change in self.RELOADS:
            self.reload(**change)
            self.assertEqual(self.site.multi.ccl_a, HALF, f"{change}: a lost member is forgotten")
        self.two.change(items={"/Alarms/HighVoltage": 2})
        self.charges(0.0)
        self.two.change(items={"/Alarms/HighVoltage": 0})  # holds for 30 s from here
        for change in reversed(self.RELOADS):
            self.reload(**{key: BMS.get(key, value) for key, value in change.items()})
            self.assertEqual(self.site.multi.ccl_a, 0.0, f"{change}: a stop is forgotten")
        self.assertEqual(self.told(begin), [0.0], "nothing rose in between")
        self.assertEqual(self.client.owner(AGGREGATE), owner, "it left the bus for a reload")
        self.reload(max_charge_current=60)
        self.assertEqual(self.site.multi.ccl_a, 0.0)

    def test_a_restart_with_a_member_missing_gives_the_present_share_only(self):
        daemon = self.bank()
        self.one.kill()
        self.charges(HALF)
        wait_until(lambda: self.value("/Alarms/BmsCable") == 1, 10)
        daemon.stop()
        self.client.wait_for_no_name(AGGREGATE)
        begin = time.monotonic()
        self.start_daemon()
        self.client.wait_for_name(AGGREGATE)
        self.cycles(4)
        self.assertEqual(self.site.multi.ccl_a, HALF)
        self.assertNotIn(ALLOWED, self.told(begin))


class Instance(BankCase):
    def test_the_hold_lasts_although_the_instance_changes_meanwhile(self):
        self.start_settings()
        self.bank()
        self.one.kill()
        self.two.kill()
        self.charges(0.0, 2)
        begin = time.monotonic()
        path = next(p for p in self.client.get_items("com.victronenergy.settings")
                    if p.endswith("/ClassAndVrmInstance"))
        import dbus
        self.client.set_value(path, dbus.String("battery:77", variant_level=1), "com.victronenergy.settings")
        # It leaves for a moment to come back as 77: only what follows is the end of the hold.
        wait_until(lambda: 77 in self.calc.services, HOLD_S, "the service under its new instance", 0.02)
        limits = []

        def zero_or_gone():
            services = dict(self.calc.services)
            limits.append(self.site.multi.ccl_a)
            return not services
        wait_until(zero_or_gone, 3 * HOLD_S, "the end of the hold", 0.1)
        self.assertEqual(set(limits), {0.0})
        left = [e for e in self.recorder.owners(AGGREGATE) if not e.new][-1].time
        self.assertGreater(left - begin, HOLD_S - 1.5, "the zero must reach the chargers")


if __name__ == "__main__":
    unittest.main()
