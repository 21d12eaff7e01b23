#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts deliberate bugs into a copy of the sources, one at a time, and checks that the unit and
property tests fail for each, or a test from outside where the bug is in what joins the parts. Prints
which test caught which bug.

Usage: scripts/mutants.py [--list] [--jobs N] [--keep DIR] [NAME...]

Run by hand; takes some minutes. Ends with 1 when a bug survives, with 2 when a place it is to be
put into has moved: then its entry below has to follow.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ("battery_test", "bank_test", "control_test", "device_test", "codec_test", "config_test",
            "mapping_test", "transcript_test", "property_test")
FOLDERS = {"transcript_test": "transcripts"}  # where one is not in the folder of its name
TIMEOUT_S = 300

# name: (what it means, file, what stands there exactly once, what to put there)
MUTANTS = {
    "high-cell-does-not-stop": (
        "a cell above cell_never_above stops nothing",
        "src/control/charge_control.cpp",
        "view_.highest->value >= high_v",
        "view_.highest->value >= high_v + 1"),
    "missing-cell-is-no-matter": (
        "charge control goes on in full when a cell is not known any more",
        "src/control/charge_control.cpp",
        "kShareWithoutSensors = 0.1",
        "kShareWithoutSensors = 1.0"),
    "goal-of-a-blind-control": (
        "it charges beyond float while a cell is not seen",
        "src/control/charge_control.cpp",
        "if (!view_.cells_missing) return goal_v;",
        "if (view_.cells_missing) return goal_v;"),
    "limit-rises-at-once": (
        "CCL follows a cell that swings with the chargers",
        "src/control/charge_current.cpp",
        "if (now < *rises_at_) return *limit_a_;",
        ""),
    "votes-of-charge-control-lost": (
        "a battery's charge control is asked, and nobody listens",
        "src/device/battery_limits.cpp",
        "  votes_.insert(votes_.end(), control_->votes().begin(), control_->votes().end());",
        ""),
    "votes-of-a-banks-charge-control-lost": (
        "a bank's charge control is asked, and nobody listens",
        "src/device/bank_limits.cpp",
        "  if (charge_) votes_.insert(votes_.end(), charge_->votes().begin(), charge_->votes().end());",
        ""),
    "warning-stops": (
        "a mere warning of the BMS stops charging",
        "src/control/alarm_stops.cpp",
        "kAlarm = 2",
        "kAlarm = 1"),
    "alarm-ends-in-silence": (
        "an alarm that is not told any more counts as over",
        "src/control/alarm_stops.cpp",
        "  static_assert(kAlarms.size() <= kMostAlarms);",
        "  active_.reset();"),
    "lost-member-adds": (
        "the limit of a member that is lost still adds to the bank's",
        "src/control/member_limits.cpp",
        "  if (!counts(member, now)) return;\n  tally.sum_a",
        "  tally.sum_a"),
    "blocked-member-has-a-part": (
        "a member that blocks is taken to carry its part of the current",
        "src/control/member_limits.cpp",
        "    if (way(member, direction).blocked) continue;\n    capacity_ah",
        "    capacity_ah"),
    "loss-raises-a-limit": (
        "what a member allowed last does not count once it is lost",
        "include/dmb/control/member_limits.h",
        "kLostMemberCounts{10}",
        "kLostMemberCounts{0}"),
    "lowest-and-highest-swapped": (
        "an aggregate's minima are maxima",
        "src/bank/aggregate.cpp",
        "    case MergeRule::lowest:\n      return spread.lowest;",
        "    case MergeRule::lowest:\n      return spread.highest;"),
    "low-alarm-shows-highest": (
        "the highest voltage is shown while one is too low",
        "src/bank/aggregate.cpp",
        "if (!view.high_alarm) return all.lowest;",
        "if (!view.high_alarm) return all.highest;"),
    "cells-swapped": (
        "the lowest cell is the highest",
        "include/dmb/battery/cell_spread.h",
        "if (cell.voltage_v < spread->lowest.voltage_v)",
        "if (cell.voltage_v > spread->lowest.voltage_v)"),
    "release-at-once": (
        "the virtual BMS does not wait 30 s",
        "src/control/release_delay.cpp",
        "if (!ends_at_) ends_at_ = now + delay_;",
        "if (!ends_at_) ends_at_ = now;"),
    "soc-by-number": (
        "each shunt weighs the same in the SoC",
        "src/bank/aggregate.cpp",
        "const double weight = member.capacity_ah.value_or(usual_ah);",
        "const double weight = usual_ah;"),
    "power-not-refreshed": (
        "the power is not computed anew when a voltage or current changes",
        "src/bank/aggregate.cpp",
        "if (depends_on(kPower, kVoltage, kCurrent))",
        "if (depends_on(kPower))"),
    "soc-not-refreshed": (
        "the SoC is not weighed anew when a capacity gets known",
        "src/bank/aggregate.cpp",
        "if (depends_on(kSoc) || stale.capacity)",
        "if (depends_on(kSoc))"),
    "absent-is-zero": (
        "a quantity that no shunt tells is 0",
        "src/bank/aggregate.cpp",
        "if (spread.count == 0) return std::nullopt;\n  switch",
        "if (spread.count == 0) return 0;\n  switch"),
    "absent-field-is-zero": (
        "a payload's null is 0",
        "src/codec/payload_walker.cpp",
        'return scalar("null", [this](Quantity id, const ItemSpec&) { out_->set(id, std::nullopt); });',
        'return scalar("null", [this](Quantity id, const ItemSpec&) { out_->set(id, 0.0); });'),
    "no-zero-on-silence": (
        "a silent battery goes on without CCL 0",
        "src/control/told_limits.cpp",
        "votes.push_back({Limit::charge_current, 0, Cause::silence});",
        "return;"),
    "no-hold": (
        "a silent battery leaves before the zero reaches the chargers",
        "src/battery/life.cpp",
        "    phase_ = Phase::holding;\n    // From now",
        "    phase_ = Phase::gone;\n    // From now"),
    "retained-is-life": (
        "a stored message counts as a live one",
        "src/device/battery_model.cpp",
        "if (delivery == Delivery::retained && !never_ages()) {",
        "if (delivery == Delivery::retained && never_ages()) {"),
    "retained-restores-limits": (
        "a stored message gives a lost limit back",
        "src/device/battery_model.cpp",
        "return !is_limit(id) && (!told || !fresh(known, now));",
        "return !told || !fresh(known, now);"),
    "consumed-positive": (
        "consumed ampere hours go out positive",
        "src/battery/fit.cpp",
        "number = -std::fabs(number);",
        "number = std::fabs(number);"),
    "alarm-ignored": (
        "the virtual BMS does not heed a high voltage alarm",
        "src/control/virtual_bms.cpp",
        "for (std::size_t i = 0; i < kStopAlarms.size(); ++i)",
        "for (std::size_t i = 1; i < kStopAlarms.size(); ++i)"),
    "cold-may-charge": (
        "a bank that is too cold is charged",
        "src/control/virtual_bms.cpp",
        "1U << low_temperature_alarm | 1U << too_hot | 1U << too_cold);",
        "1U << low_temperature_alarm | 1U << too_hot);"),
    "no-hysteresis": (
        "a temperature at its limit switches charging on and off",
        "src/control/virtual_bms.cpp",
        "(causes[too_cold] ? kBmsHysteresisC : 0)",
        "(causes[too_cold] ? 0 : 0)"),
    "lost-member-forgiven": (
        "a limit does not shrink when a member is lost",
        "src/control/virtual_bms.cpp",
        "limit_a ? *limit_a * share : kNoCurrentLimitA;",
        "limit_a ? *limit_a : kNoCurrentLimitA;"),
    "lost-cvl-keeps-ccl": (
        "charging goes on after the charge voltage is lost",
        "src/control/guard.cpp",
        "if (lost_wins)",
        "if (false)"),
    "lost-ccl-invalid": (
        "a charge current that ages out means no limit",
        "src/control/told_limits.cpp",
        "else if (charge_named_ && (charge_given_ || voltage_given_))",
        "else if (false)"),
    "unknown-values-are-life": (
        "messages with limits and without values keep a battery alive",
        "src/device/battery_model.cpp",
        "const bool is_life = sufficiency_of(reading, rules_.required).is_life();",
        "const bool is_life = sufficiency_of(reading, rules_.required).missing.empty();"),
    "heartbeat-vouches-for-all": (
        "a Venus broker's heartbeat keeps a battery alive that left while we were offline",
        "src/device/resting_topic.cpp",
        "return word_ == Word::usable;",
        "return word_ != Word::gone;"),
    "end-keeps-limits": (
        "limits come back from before a declared end",
        "src/device/battery_model.cpp",
        "for (Stored& stored : stored_) stored = {.plain = stored.plain};",
        ""),
    "no-limit-is-invalid": (
        "a charge current goes from 0 to invalid, and the Multi keeps the 0",
        "src/control/guard.cpp",
        "{true, kNoCurrentLimitA, Cause::unlimited}",
        "{true, std::nullopt, Cause::unlimited}"),
    "highest-vote-wins": (
        "who allows most wins",
        "src/control/vote.cpp",
        "std::tie(vote.value, vote.cause) <\n",
        "std::tie(vote.value, vote.cause) >\n"),
    "lost-dcl-invalid": (
        "a discharge current that is not given any more goes invalid beside a charge voltage",
        "src/control/guard.cpp",
        "else if (voltage_shown_v_)",
        "else if (false)"),
    "any-charge-voltage": (
        "a charge voltage that cannot be right is used",
        "src/battery/charge_voltage.cpp",
        "if (charge_voltage_v <= 0) return false;\n  if (!measured_v) return true;",
        "return true;"),
    "wildcards-mixed": (
        "two batteries behind a wildcard are one",
        "src/device/topic_choice.cpp",
        "if (is_life && (!proven_ || !alive))",
        "if (is_life && (!proven_ || alive))"),
    "gate-delays-limits": (
        "alarms and limits wait for the next signal",
        "src/device/change.cpp",
        "if (urgent || !last_sent_) return now;",
        "if (!last_sent_ || (urgent && !last_sent_)) return now;"),
    "limit-noise-hidden": (
        "a limit's small change is not sent",
        "src/device/change.cpp",
        "if (has(item.traits, Trait::exact)) return kPowersOfTen.back();",
        ""),
    "exclude-ignored": (
        "exclude_shunts has no effect",
        "src/bank/shunt_selection.cpp",
        "return named_in(identity, choice.excluded) ? Membership::excluded : Membership::member;",
        "return named_in(identity, choice.excluded) ? Membership::member : Membership::member;"),
    "serial-twice": (
        "a shunt that shows up on another port counts twice",
        "src/bank/shunt_selection.cpp",
        "if (by_serial != i || by_owner != i)",
        "if (by_owner != i)"),
    "older-port-heard": (
        "the leftover of an old port is heard instead of the new one",
        "src/bank/shunt_selection.cpp",
        "if (!is_first && arrived_after(places_[index], places_[found->second]))",
        "if (!is_first && arrived_after(places_[found->second], places_[index]))"),
    "derived-counted": (
        "an aggregate counts another aggregate",
        "src/bank/shunt_selection.cpp",
        'identity.measurement_kind == "derived" ||',
        'identity.measurement_kind == "direct" ||'),
    "capacity-invented": (
        "a bank of unknown members has a capacity",
        "src/bank/aggregate.cpp",
        "if (!member.capacity_ah) return std::nullopt;\n    capacity.add",
        "if (!member.capacity_ah) continue;\n    capacity.add"),
    "out-of-range-accepted": (
        "a payload's impossible value is shown",
        "src/battery/fit.cpp",
        "if (number < item.min - slack || number > item.max + slack) return",
        "if (number < item.min - slack) return"),
    "refused-voltage-derived": (
        "a voltage that was refused is replaced by power divided by current",
        "src/battery/derived.cpp",
        "if (told != nullptr && told->bad) return std::nullopt;",
        ""),
    "life-not-shown": (
        "a live battery with constant values is silent on the bus",
        "src/device/change.cpp",
        "if (last_sign <= told_at_) return std::nullopt;\n  return next();",
        "return std::nullopt;"),
    "tls-unverified": (
        "the broker is not verified unless asked for",
        "include/dmb/config/config.h",
        "bool tls_insecure = false;",
        "bool tls_insecure = true;"),
    "bms-without-voltage": (
        "a virtual BMS without a charge voltage is accepted",
        "src/config/build_shunts.cpp",
        "if (shunts.mode != ShuntMode::virtual_bms || shunts.max_charge_voltage_v) return;",
        "if (shunts.mode == ShuntMode::virtual_bms || shunts.max_charge_voltage_v) return;"),
    "new-key-followed": (
        "a payload with other keys is taken for one with the same",
        "src/codec/payload_shape.cpp",
        "if (payload.substr(at, between.size()) != between) return false;",
        "if (payload.size() - at < between.size()) return false;"),
    "complaint-outlives": (
        "a field stays bad when the next payload makes it good",
        "src/codec/payload_decoder.cpp",
        "std::holds_alternative<Accepted>(result) && reading_.complaints().empty();",
        "std::holds_alternative<Accepted>(result);"),
    "twice-told-followed": (
        "of a field told twice the first counts from the second payload on",
        "src/codec/payload_walker.cpp",
        "if (id && out_->find(*id) != nullptr) notes_->in_order = false;",
        ""),
    "number-grammar-lax": (
        "a malformed number is read from a payload that looks like the last one",
        "src/codec/json_scalar.cpp",
        "if (!is_json_number(text)) return std::nullopt;",
        ""),
    "middle-rounded-by-guess": (
        "a text shows the wrong one of two equally near numbers",
        "src/codec/text.cpp",
        "if (std::abs(over_half) < kDoubt) return std::nullopt;",
        ""),
    "old-field-shown": (
        "a field stays on the bus that no message has told for too long",
        "src/device/battery_model.cpp",
        "values_.keep_or_set(id, counts ? stored.value : kUnknown);",
        "values_.keep_or_set(id, stored.value);"),
    "no-wake-up-for-an-old-field": (
        "a field of an older message stays until the next message, however late that is",
        "src/device/battery_model.cpp",
        "if (!follows_life(stored_[id.index()])) next = earlier(next, end_of(id, now));",
        ""),
    "value-of-another-row-kept": (
        "an item of the aggregate is taken for shown while it shows something else",
        "src/device/aggregate_view.cpp",
        "if (values[id].exists && values.number(id) == number) return;",
        "if (values[id].exists && values[id].value && number) return;"),
    "noncharacter-accepted": (
        "a text goes out for which libsystemd refuses the whole message",
        "src/codec/text.cpp",
        "return is_noncharacter(text.substr(0, length)) ? 0 : length;",
        "return length;"),
    "capacity-register-shifted": (
        "a shunt's registers are read with their bytes swapped",
        "src/codec/vreg.cpp",
        "data[0] | (data[1] << 8)",
        "data[1] | (data[0] << 8)"),
    "urgent-forgotten": (
        "an alarm waits because something that may wait changed after it",
        "src/device/change.cpp",
        "changes_.urgent = changes_.urgent || has(item.traits, Trait::urgent);",
        "changes_.urgent = has(item.traits, Trait::urgent);"),
    "lost-capacity-kept": (
        "the bank goes on with a capacity that a member does not have any more",
        "src/bank/bank.cpp",
        "stale.capacity = member.capacity_ah != capacity_ah ||",
        "stale.capacity = (capacity_ah && member.capacity_ah != capacity_ah) ||"),
    "any-name-trusted": (
        "under TLS a certificate for another name is taken",
        "src/mqtt/tls_peer.cpp",
        ": SSL_set1_host(ssl, host_.c_str());",
        ": 1;"),
    "first-address-only": (
        "of a name's addresses only the first is tried",
        "src/mqtt/attempts.cpp",
        "found.addresses[attempt_ % found.addresses.size()]",
        "found.addresses[0]"),
    "asks-for-qos-1": (
        "messages are asked for with QoS 1",
        "src/mqtt/link.cpp",
        "session.client().subscribe(filter, 0, nullptr, session);",
        "session.client().subscribe(filter, 1, nullptr, session);"),
    "what-waited-is-taken": (
        "messages that waited while we stood still are taken for live ones",
        "src/mqtt/mqtt_source.cpp",
        "if (attempts_.check_standstill()) return;",
        ""),
    "no-hurry": (
        "the backoff grows though a battery lives on its last message",
        "src/mqtt/attempts.cpp",
        "if (!urgent_()) return backoff_.next();",
        "return backoff_.next();"),
    "retained-end-believed": (
        "an end of the battery that the broker had stored ends a live one",
        "src/device/battery_device.cpp",
        "if (is_of_unknown_age(gone.retained) || !topic_.is_ours(gone.topic)) return;",
        "if (!topic_.is_ours(gone.topic)) return;"),
    "other-broker-ignored": (
        "a reload with another broker goes on with the old one",
        "src/app/driver_apply.cpp",
        "const bool same_broker = applied_.broker == config.broker;",
        "const bool same_broker = applied_.broker.has_value();"),
    "instance-silently-changed": (
        "another instance is shown without the service leaving and coming back",
        "src/sinks/bus/device_service.cpp",
        "    service_.leave();\n  } else if (identity.instance",
        "  } else if (identity.instance"),
    "backlog-unbounded": (
        "a bus that stands still fills the memory",
        "src/sinks/bus/published_service.cpp",
        "constexpr std::size_t kMaxBacklog = 32;",
        "constexpr std::size_t kMaxBacklog = 100'000;"),
    "stored-map-value-is-life": (
        "a stored value of a mapped topic is a sign of life",
        "src/mapping/intake.cpp",
        "!out.retained && (by_topic ? alive : tells_required(out.reading, rules_.required));",
        "by_topic ? alive : tells_required(out.reading, rules_.required);"),
    "unknown-and-alive": (
        "a mapped battery lives though something required is not known",
        "src/device/battery_model.cpp",
        "says_life && !part.required_unknown && knows_required(now)",
        "says_life && !part.required_unknown"),
    "unknown-raises-limits": (
        "limits that come with an unknown SoC count as any",
        "src/device/battery_model.cpp",
        "store_live(part.reading, !part.required_unknown, now);",
        "store_live(part.reading, true, now);"),
    "mapped-values-never-age": (
        "what a mapped topic told holds as long as the others come",
        "include/dmb/device/battery_model.h",
        "return rules_.ages == Ages::life &&",
        "return rules_.ages != Ages::message &&"),
    "last-will-ignored": (
        "a publisher's availability ends nothing",
        "src/mapping/intake.cpp",
        "offline = offline || equals_ignoring_case(text_of(raw), source.offline);",
        ""),
    "stored-last-will-ignored": (
        "a stored availability ends nothing",
        "src/sources/mqtt/mapped_source.cpp",
        "return event::Gone{out.topic, false};",
        "return event::Gone{out.topic, out.retained};"),
    "mapped-limit-waits": (
        "a limit of a mapped topic waits for the rest of its burst",
        "src/mapping/intake.cpp",
        "if (!message.retained && has(id.spec().traits, Trait::urgent))",
        "if (message.retained)"),
    "third-of-another-moment": (
        "where only changes are sent, power is not made with what was told before",
        "src/device/battery_model.cpp",
        "if (rules_.ages != Ages::life) return derive_dc(reading);",
        "return derive_dc(reading);"),
    "constant-without-life": (
        "constants are shown with messages that are no sign of life",
        "src/mapping/intake.cpp",
        "if (out.is_life && !out.required_unknown)\n      for",
        "if (true)\n      for"),
}

# What no unit test sees: (script, test) from outside, with the daemon itself.
OUTSIDE = {
    "first-address-only": ("tests/faults/test_network.py",
                           "Names.test_the_first_of_two_addresses_is_dead"),
    "retained-end-believed": ("tests/e2e/test_silence.py",
                              "Silence.test_a_retained_end_from_before_ends_no_live_battery"),
    "other-broker-ignored": ("tests/e2e/test_reload.py",
                             "Reload.test_a_broker_that_moved_is_followed"),
    "instance-silently-changed": (
        "tests/e2e/test_settings.py",
        "Settings.test_an_instance_changed_while_the_battery_is_shown_makes_it_leave_and_come_back"),
}


class Moved(Exception):
    """The place for a bug is not there exactly once."""


def mutated(name):
    """The text of the file with the bug in it."""
    _, path, old, new = MUTANTS[name]
    text = (ROOT / path).read_text()
    if text.count(old) != 1:
        raise Moved(f"{name}: stands {text.count(old)} times in {path}, not once:\n{old}")
    return text.replace(old, new)


def run(*command, cwd, timeout=None):
    try:
        done = subprocess.run(command, cwd=cwd, timeout=timeout, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", check=False)
    except subprocess.TimeoutExpired:
        return 1, "did not end"
    return done.returncode, done.stdout


class Copy:
    """The sources in a folder of their own, built once and then for each bug again."""

    def __init__(self, folder, jobs):
        self.folder = folder
        self.jobs = jobs
        ignore = shutil.ignore_patterns("build", "build-*", ".git", "node_modules", "__pycache__")
        shutil.copytree(ROOT, folder, ignore=ignore, dirs_exist_ok=True)
        code, output = run("cmake", "-S", ".", "-B", "build", "-G", "Ninja",
                           cwd=folder)
        if code != 0:
            sys.exit(output)

    def caught_by(self, programs=PROGRAMS):
        """Names of the tests that fail; the compiler counts as one."""
        failed = []
        for program in programs:
            code, output = run("cmake", "--build", "build", "-j", str(self.jobs), "--target",
                               program, cwd=self.folder)
            if code != 0:
                return ["(does not compile)\n" + output]
            path = Path("build", "tests", FOLDERS.get(program, program.removesuffix("_test")),
                        program)
            code, output = run(f"./{path}", "--gtest_brief=1", cwd=self.folder, timeout=TIMEOUT_S)
            names = re.findall(r"^\[  FAILED  \] (\S+?)(?:,| \()", output, re.M)
            failed += list(dict.fromkeys(names))
            if code != 0 and not names:
                failed.append(f"{program} (ended with {code})")
        return failed

    def caught_outside(self, script, test):
        code, output = run("cmake", "--build", "build", "-j", str(self.jobs), "--target",
                           "dbus-mqtt-battery", cwd=self.folder)
        if code != 0:
            return ["(does not compile)\n" + output]
        code, output = run("env", f"DMB_BINARY={self.folder}/build/src/dbus-mqtt-battery",
                           "/usr/bin/python3", "-B", script, test, cwd=self.folder,
                           timeout=TIMEOUT_S)
        return [test] if code != 0 else []

    def try_mutant(self, name):
        path = self.folder / MUTANTS[name][1]
        original = path.read_text()
        path.write_text(mutated(name))
        room = MUTANTS[name][1].split("/")[-2]
        near = room + "_test"
        others = [program for program in PROGRAMS if program != near]
        try:
            if name in OUTSIDE:
                return self.caught_outside(*OUTSIDE[name])
            return self.caught_by([near]) or self.caught_by(others)
        finally:
            path.write_text(original)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="what there is")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=Path, help="work there and leave it")
    options = parser.parse_args()
    unknown = set(options.names) - set(MUTANTS)
    if unknown:
        parser.error(f"no mutant named {', '.join(sorted(unknown))}")
    names = options.names or list(MUTANTS)
    if options.list:
        for name in names:
            print(f"{name:28} {MUTANTS[name][0]}")
        return 0
    try:
        for name in names:
            mutated(name)
    except Moved as moved:
        print(f"mutants.py: {moved}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        copy = Copy(options.keep or Path(scratch), options.jobs)
        if before := copy.caught_by():
            print(f"mutants.py: without any bug fails {', '.join(before)}", file=sys.stderr)
            return 1
        survivors = [name for name in names if not report(name, copy.try_mutant(name))]
    print(f"{len(names) - len(survivors)} of {len(names)} caught")
    return 1 if survivors else 0


def report(name, failed):
    caught = bool(failed) and not failed[0].startswith("(does not compile)")
    first = failed[0] if failed else "SURVIVED"
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    print(f"| {name} | {MUTANTS[name][0]} | {first}{more} |", flush=True)
    return caught


if __name__ == "__main__":
    sys.exit(main())
