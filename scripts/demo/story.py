# SPDX-License-Identifier: MIT
"""A story that the daemon plays: something happens, and the bus must show what follows from it."""

import argparse
import signal
import sys
import time

import dbus
import dbus.mainloop.glib
from gi.repository import GLib

from bus_view import BusView
from playground import Playground, StartError


class Story:
    """Plays `chapters()`: title, what happens, what the service must show then. A demo says what it publishes each
    second (`tick`) and what it prints (`show`)."""

    patience_s = 20
    dwell_s = 12  # at a chapter, when people look on

    def __init__(self, place, options, service):
        self._place, self._options = place, options
        self._loop = GLib.MainLoop()
        self._code = 0
        self.view = BusView(dbus.bus.BusConnection(place.bus_address), service)

    def start_daemon(self, config):
        self._daemon = self._place.spawn("daemon", [
            self._options.daemon, "--config", self._place.write("config.ini", config)])

    def run(self):
        self._chapters = iter(self.chapters())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            GLib.unix_signal_add(GLib.PRIORITY_HIGH, number, self._end, 0)
        self._tick()
        GLib.timeout_add(1000, self._tick)
        self._next_chapter()
        GLib.timeout_add(100, self._look)
        self._loop.run()
        return self._code

    def _tick(self):
        self.tick()
        return GLib.SOURCE_CONTINUE

    def _next_chapter(self):
        chapter = next(self._chapters, None)
        if chapter is None:
            self._end(0)
            return
        title, act, self._reached = chapter
        act()
        self._began, self._shown_at = time.monotonic(), None
        print(f"\n=== {title}", flush=True)

    def _look(self):
        """Shows the service once it shows what it must, and goes on some seconds later."""
        now = time.monotonic()
        if self._daemon.poll() is not None:
            return self._fail("the daemon ended")
        if self._shown_at is None and self.view.present and self._reached(self.view):
            self._shown_at = now
            self.show()
        elif self._shown_at is None and now > self._began + self.patience_s:
            return self._fail("this was not seen")
        elif self._shown_at is not None and now > self._shown_at + (1 if self._options.once else self.dwell_s):
            if not self._options.once:
                self.show()
            self._next_chapter()
        return GLib.SOURCE_CONTINUE

    def _fail(self, what):
        print(f"{what}. The last lines of the daemon's log:\n" + "\n".join(self._place.log_tail("daemon", 15)))
        return self._end(1)

    def _end(self, code):
        self._code = code
        self._loop.quit()
        return GLib.SOURCE_REMOVE


def play(story, option, description):
    """The program of a demo; `story` creates it from a playground and the options."""
    parser = argparse.ArgumentParser(prog=f"scripts/demo.sh {option}", description=description)
    parser.add_argument("--daemon", required=True)
    parser.add_argument("--once", action="store_true", help="the story in short")
    parser.add_argument("--folder", help="where pictures go")
    options = parser.parse_args()
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # until the loop takes over
    try:
        with Playground("dmb-demo") as place:
            return story(place, options).run()
    except StartError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
