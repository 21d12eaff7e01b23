# SPDX-License-Identifier: MIT
"""The steps of the random-sequence test. Each takes the world and the random numbers of its own."""
import signal
import time

import dbus

from .world import PORTAL, USABLE, VENUS_PATH, heal_shunt

SETTINGS = "com.victronenergy.settings"
INFO = {"MaxChargeVoltage": 55.2, "MaxChargeCurrent": 80, "MaxDischargeCurrent": 120}
PLAIN_MODES = ("live", "live", "no limits", "few", "bad ccl", "bad cvl", "unavailable", "no soc",
               "garbage", "silent")
# Values for each key; None takes it out. No limit and no time-out is above those of the base.
RELOADS = {
    "DEFAULT": {"logging": ("DEBUG", "WARN", "ERROR", "nonsense"), "device_instance": (150, "x"),
                "device_name": ("Other", "Battery #2", ""), "service_name": ("plain_two", None),
                "timeout": (2, 3, "soon"), "min_update_interval": (0, 1000, -1),
                "stop_discharge_on_timeout": (1,), "required": ("Dc/0/Voltage", "Soc"),
                "product_id": ("0xBA77", "45127"), "sources": ("mqtt", "smartshunts")},
    "TIME_TO_GO": {"enabled": (0,), "soc": (20, 0, 101), "recalculate_every": (1, 60),
                   "while_charging": ("none", "?")},
    "MQTT": {"topic": ("home/+", "home/other", None), "broker_port": (1,), "username": ("jo",),
             "password": ("x",), "tls_enabled": (1,), "tls_path_to_ca": ("/nowhere",),
             "tls_insecure": (1,), "broker_address": ("localhost", "IP_ADDR_OR_FQDN")},
    "BATTERY Venus": {"topic": (f"bridge/N/{PORTAL}/{VENUS_PATH}", f"/N/{PORTAL}/{VENUS_PATH}"),
                      "device_name": ("Renamed",), "device_instance": (151,), "timeout": (2,),
                      "service_name": ("venus_two",), "required": ("Dc/0/Voltage",)},
    "SMARTSHUNTS": {"device_mode": ("monitor",), "device_name": ("Bank",), "device_instance": (152,),
                    "service_name": ("bank_two",), "total_capacity": (150, "auto", "lots"),
                    "capacity_mode": ("soc",), "exclude_shunts": ("289", "nobody"),
                    "include_shunts": ("somebody",), "expected_shunts": (3, 2),
                    "temp_cold_danger": (4, -50), "temp_hot_danger": (41,),
                    "max_charge_voltage": (55.9, 5.6, None), "max_charge_current": (60,),
                    "max_discharge_current": (None, 50), "timeout": (3,), "log_period": (1,),
                    "search_trials": (3,), "unknown_key": (1,)},
}


def plain_mode(world, rng):
    world.plain_mode = rng.choice(PLAIN_MODES)
    world.plain_ccl = rng.choice((80, 80, 60, 10, 0))
    return f"{world.plain_mode}, CCL {world.plain_ccl}"


def plain_retained(world, rng):
    ccl = rng.choice((80, 0))
    world.publish({**USABLE, "Info": {**INFO, "MaxChargeCurrent": ccl}}, retain=True)
    # To a living subscription it is a message like any other.
    world.plain.message(ccl)
    return f"CCL {ccl}"


def plain_ends(world, rng):
    """Declared gone, live or stored."""
    payload, stored = rng.choice((b"", b'{"value":null}')), rng.random() < 0.5
    world.plain_mode = "silent"
    time.sleep(0.4)  # the publisher has stopped
    sure = world.delivers() and not world.stands_still()
    world.publish(payload, retain=stored)
    time.sleep(0.4)
    if sure and world.delivers() and not world.stands_still():
        world.plain.end()
    return f"{payload!r} {'stored' if stored else ''}"


def plain_flood(world, rng):
    count = rng.randrange(50, 400)
    for number in range(count):
        world.plain.message(5)
        if not world.publish({**USABLE, "Soc": number % 100, "Info": {**INFO, "MaxChargeCurrent": 5}}):
            return f"broken off after {number} messages"
    return f"{count} messages"


def plain_huge(world, rng):
    world.publish(b'{"Soc":1,"x":"' + b"y" * rng.randrange(200_000, 400_000) + b'"}')


def other_topic(world, rng):
    world.publish({**USABLE, "Soc": 99}, topic=rng.choice(("home/other", "home/battery/x", f"N/{PORTAL}/x")))


def venus_changes(world, rng):
    ccl = rng.choice((80, 40, 0))
    world.venus.tell(PORTAL, VENUS_PATH, world.venus_json(ccl, Soc=rng.randrange(100)))
    return f"CCL {ccl}"


def venus_blind(world, _rng):
    world.venus.tell(PORTAL, VENUS_PATH, world.venus_json(
        80, Dc={"Power": None, "Voltage": None, "Current": None}))


def venus_leaves(world, _rng):
    world.venus.leave(PORTAL, VENUS_PATH)
    time.sleep(0.3)


def venus_silently_gone(world, _rng):
    world.venus.values[PORTAL].pop(VENUS_PATH, None)


def venus_republishes(world, rng):
    world.venus.republishes = rng.random() < 0.5
    return str(world.venus.republishes)


def venus_stored_heartbeat(world, _rng):
    if world.eligible:
        world.venus_source.message(None)
    world.publish({"value": 1}, topic=f"N/{PORTAL}/heartbeat", retain=True)


def broker_kill(world, _rng):
    if world.broker_up:
        world.kill_broker()


def broker_start(world, _rng):
    if not world.broker_up:
        world.start_broker()


def broker_freeze(world, _rng):
    if world.broker_up and not world.stands_still():
        world.freeze_broker()


def broker_thaw(world, _rng):
    world.thaw_broker()


def daemon_freeze(world, rng):
    if not world.stands_still():
        seconds = rng.choice((0.5, 2.0, 6.0))
        world.freeze_daemon()
        time.sleep(seconds)
        world.thaw_daemon()
        return f"{seconds} s"
    return "not now"


def daemon_kill(world, _rng):
    if not world.stands_still():
        world.kill_daemon()


def reload(world, rng):
    """One to three keys are others than in the base config."""
    changes = {}
    for _ in range(rng.randrange(1, 4)):
        section = rng.choice(list(RELOADS))
        key = rng.choice(list(RELOADS[section]))
        changes[(section, key)] = rng.choice(RELOADS[section][key])
    world.change_config(changes, tell=rng.random() < 0.7)
    return ", ".join(f"[{section}] {key} = {value}" for (section, key), value in changes.items())


def reload_base(world, _rng):
    world.change_config({})


def a_shunt(world, rng):
    return rng.choice(world.shunts)


def shunt_leaves(world, rng):
    shunt = a_shunt(world, rng)
    if shunt.here and not shunt.frozen and not shunt.killed:
        shunt.here = False
        shunt.fake.release()
        shunt.gone()
    return shunt.suffix


def shunt_killed(world, rng):
    shunt = a_shunt(world, rng)
    if not shunt.killed:
        shunt.killed, shunt.frozen = True, False
        shunt.fake.kill()
        shunt.gone()
    return shunt.suffix


def shunt_freezes(world, rng):
    shunt = a_shunt(world, rng)
    if shunt.here and not shunt.frozen and not shunt.killed:
        shunt.frozen = True
        shunt.fake.process.send(signal.SIGSTOP)
        shunt.gone()
    return shunt.suffix


def shunt_heals(world, rng):
    shunt = a_shunt(world, rng)
    heal_shunt(shunt)
    return shunt.suffix


def _tell(shunt, **items):
    """Changes items of a shunt that is there, and notes what that means."""
    if shunt.frozen or shunt.killed:
        return
    shunt.fake.change(items=items)
    if shunt.mute():
        shunt.gone()
    elif shunt.lost_at is not None:
        shunt.back()
    elif shunt.here:
        for cause, on in shunt.causes().items():
            shunt.stop(cause, on)


def shunt_measures(world, rng):
    for shunt in world.shunts:
        if not shunt.frozen and not shunt.killed:
            shunt.fake.change(current=rng.uniform(-50, 50), with_properties=rng.random() < 0.5)


def shunt_alarm(world, rng):
    shunt, on = a_shunt(world, rng), rng.random() < 0.5
    name = rng.choice(("HighVoltage", "LowVoltage", "HighTemperature", "LowTemperature", "LowSoc"))
    _tell(shunt, **{f"/Alarms/{name}": 2 if on else 0})
    return f"{shunt.suffix} {name} {on}"


def shunt_temperature(world, rng):
    shunt, value = a_shunt(world, rng), rng.choice((20.0, 20.0, 50.0, -10.0))
    _tell(shunt, **{"/Dc/0/Temperature": value})
    return f"{shunt.suffix} {value}"


def shunt_tells_nothing(world, rng):
    shunt = a_shunt(world, rng)
    _tell(shunt, **rng.choice(({"/Connected": 0}, {"/Dc/0/Voltage": None})))
    return shunt.suffix


def settings_come_and_go(world, _rng):
    if world.settings and world.settings.running():
        world.settings.stop(signal.SIGKILL)
        return "gone"
    world.settings = world.case.start_settings()
    return "here"


def settings_change_instances(world, rng):
    if not (world.settings and world.settings.running()):
        return "absent"
    number = rng.randrange(143, 149)
    for path in world.case.client.get_items(SETTINGS):
        if path.endswith("/ClassAndVrmInstance"):
            world.case.client.set_value(path, dbus.String(f"battery:{number}", variant_level=1), SETTINGS)
    return str(number)


def name_taken(world, rng):
    if world.thief:
        world.case.client.release_name(world.thief)
        released, world.thief = world.thief, None
        return f"{released} free again"
    name = f"com.victronenergy.battery.{rng.choice(('plain', 'venus', 'bank'))}"
    if world.case.client.request_name(name) == 1:
        world.thief = name
        return f"{name} taken"
    return f"{name} is theirs"


def written_from_outside(world, rng):
    path = rng.choice(("/CustomName", "/Soc", "/Info/MaxChargeCurrent", "/Alarms/LowSoc"))
    value = rng.choice((dbus.Int32(99999), dbus.Double(1e9), dbus.String("name")))
    value = type(value)(value, variant_level=1)
    for suffix in ("plain", "venus", "bank"):
        name = f"com.victronenergy.battery.{suffix}"
        if name != world.thief and world.case.client.owner(name):
            try:
                world.case.client.set_value(path, value, name)
            except dbus.DBusException:
                pass  # it left, or has no such path now
    return f"{path} {value}"


def clock_jumps(world, rng):
    years = rng.choice((-50, -1, 0, 1, 30))
    world.shift_clock(years)
    return f"{years} years"


# How often each step is taken, relative to the others.
WEIGHTS = {plain_mode: 8, plain_retained: 2, plain_ends: 3, plain_flood: 1, plain_huge: 1,
           other_topic: 1, venus_changes: 5, venus_blind: 3, venus_leaves: 2, venus_silently_gone: 2,
           venus_republishes: 1, venus_stored_heartbeat: 1, broker_kill: 3, broker_start: 7,
           broker_freeze: 2, broker_thaw: 5, daemon_freeze: 2, daemon_kill: 1, reload: 8,
           reload_base: 5, shunt_leaves: 2, shunt_killed: 2, shunt_freezes: 2, shunt_heals: 8,
           shunt_measures: 3, shunt_alarm: 4, shunt_temperature: 2, shunt_tells_nothing: 2,
           settings_come_and_go: 2, settings_change_instances: 1, name_taken: 3,
           written_from_outside: 2, clock_jumps: 2}

