# SPDX-License-Identifier: MIT
"""Throw-away certificates made with openssl."""
import os

from .process import run


class Authority:
    """A certificate authority in `folder`; `name` tells several apart."""

    def __init__(self, folder, name="ca"):
        self.folder = folder
        self.key = os.path.join(folder, f"{name}.key")
        self.certificate = os.path.join(folder, f"{name}.crt")
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", f"/CN=Test authority {name}",
             "-keyout", self.key, "-out", self.certificate])

    def issue(self, name, alternative_names):
        """A (certificate, key) pair of files, valid for names like `DNS:localhost,IP:127.0.0.1`."""
        base = os.path.join(self.folder, name)
        run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-subj", f"/CN={name}", "-keyout", base + ".key", "-out", base + ".csr"])
        with open(base + ".ext", "w", encoding="utf-8") as file:
            file.write(f"subjectAltName={alternative_names}\n")
        run(["openssl", "x509", "-req", "-in", base + ".csr", "-CA", self.certificate,
             "-CAkey", self.key, "-CAcreateserial", "-days", "2", "-extfile", base + ".ext",
             "-out", base + ".crt"])
        return base + ".crt", base + ".key"
