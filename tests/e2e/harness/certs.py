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

    def issue(self, name, alternative_names, begin=None, end=None):
        """A (certificate, key) pair of files, valid for names like `DNS:localhost,IP:127.0.0.1`,
        from now on or between two dates like 20300101000000Z."""
        base = os.path.join(self.folder, name)
        run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-subj", f"/CN={name}", "-keyout", base + ".key", "-out", base + ".csr"])
        with open(base + ".ext", "w", encoding="utf-8") as file:
            file.write(f"subjectAltName={alternative_names}\n")
        if begin:
            self._issue_between(base, begin, end)
        else:
            run(["openssl", "x509", "-req", "-in", base + ".csr", "-CA", self.certificate,
                 "-CAkey", self.key, "-CAcreateserial", "-days", "2", "-extfile", base + ".ext",
                 "-out", base + ".crt"])
        return base + ".crt", base + ".key"

    def _issue_between(self, base, begin, end):
        """Only `openssl ca` takes dates."""
        config = base + ".cnf"
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"[ca]\ndefault_ca = any\n[any]\ndatabase = {base}.db\nserial = {base}.serial\n"
                       f"new_certs_dir = {self.folder}\ndefault_md = sha256\npolicy = all\n"
                       "[all]\ncommonName = supplied\n")
        for suffix, content in ((".db", ""), (".serial", "01\n")):
            with open(base + suffix, "w", encoding="utf-8") as file:
                file.write(content)
        run(["openssl", "ca", "-batch", "-notext", "-config", config, "-cert", self.certificate,
             "-keyfile", self.key, "-in", base + ".csr", "-extfile", base + ".ext",
             "-startdate", begin, "-enddate", end, "-out", base + ".crt"])

    def self_signed(self, alternative_names):
        """A (certificate, key) pair that nobody but itself has signed, as a device makes it."""
        base = os.path.join(self.folder, "self-signed")
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             f"subjectAltName={alternative_names}", "-keyout", base + ".key", "-out", base + ".crt"])
        return base + ".crt", base + ".key"
