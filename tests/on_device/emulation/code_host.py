# SPDX-License-Identifier: MIT
"""A web server that answers as code hosts do: files of releases are elsewhere, and requests are sent there."""
import contextlib
import functools
import http.server
import os
import threading


class _Handler(http.server.SimpleHTTPRequestHandler):
    """`answers` is {end of a path: bytes sent instead}; HTML as a Wi-Fi's login page, or a damaged file."""

    def __init__(self, *arguments, answers, asked, **options):
        self.answers, self.asked = answers, asked
        super().__init__(*arguments, **options)

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.asked.append(self.path)
        for end, content in self.answers.items():
            if self.path.endswith(end):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(content)
                return
        target = self._elsewhere()
        if target is None:
            super().do_GET()
        else:
            self.send_response(302)
            self.send_header("Location", target)
            self.end_headers()

    def _elsewhere(self):
        """Where a request is sent on to: the newest version, then the store of files."""
        if "/latest/download/" in self.path:
            place, name = self.path.split("/latest/download/")
            newest = os.readlink(os.path.join(self.directory, place.lstrip("/"), "latest/download"))
            return f"{place}/{newest.removeprefix('../')}/{name}"
        if "/releases/download/" in self.path and not self.path.endswith("?stored"):
            if os.path.exists(self.translate_path(self.path)):
                return self.path + "?stored"
        return None


class CodeHost:
    def __init__(self, folder):
        self.answers, self.asked = {}, []
        handler = functools.partial(_Handler, directory=folder, answers=self.answers, asked=self.asked)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self._server.shutdown()
            self._server.server_close()
