"""An authority that nobody trusts unless told to, and certificates of it."""

import subprocess


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """Made anew by each test run, in a directory of its own."""

    def __init__(self, directory):
        self._directory = directory
        self.file = directory / "ca.pem"
        self._key = directory / "ca.key"
        new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        subject = ["-subj", "/CN=authority of a test"]
        openssl("req", "-x509", *new, *subject, "-days", 30, "-keyout", self._key, "-out", self.file)

    def certificate(self, name):
        """A file with a key and a certificate for a host."""
        key, request, signed, names = (self._directory / f"{name}.{end}" for end in ("key", "csr", "crt", "ext"))
        new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=x"]
        openssl("req", *new, "-keyout", key, "-out", request)
        names.write_text(f"subjectAltName=DNS:{name}\nbasicConstraints=critical,CA:FALSE\n")
        of = ["-CA", self.file, "-CAkey", self._key, "-CAcreateserial"]
        openssl("x509", "-req", "-in", request, *of, "-days", 30, "-extfile", names, "-out", signed)
        both = self._directory / f"{name}.pem"
        both.write_text(key.read_text() + signed.read_text())
        return both
