"""An authority that nobody trusts unless told to, and certificates of it."""

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = 24 * 60 * 60


def _alternative(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _text_of(key, password=None):
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock).decode()


def new_key():
    """The text of a key that fits no certificate."""
    return _text_of(ec.generate_private_key(ec.SECP256R1()))


class Certificate:
    """A certificate and its key, as texts."""

    def __init__(self, certificate, key):
        self.x509 = certificate
        self.chain = certificate.public_bytes(serialization.Encoding.PEM).decode()
        self._key = key
        self.key = _text_of(key)

    def locked_key(self, password):
        return _text_of(self._key, password)

    def write(self, path):
        """Writes key and certificate into one file, for its owner only."""
        path.touch(0o600)
        path.write_text(self.key + self.chain)
        return path


class Authority:
    """Made anew by each test run, in a directory of its own."""

    def __init__(self, directory):
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name.from_rfc4514_string("CN=authority of a test")
        self.file = directory / "ca.pem"
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        own = self._builder(self._name, self._key, 30 * DAY).add_extension(constraints, critical=True)
        certificate = own.sign(self._key, hashes.SHA256())
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject, key, seconds):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (
            x509.CertificateBuilder(self._name, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=40))
            .not_valid_after(now + datetime.timedelta(seconds=seconds))
        )

    def issue(self, *names, subject="CN=x", seconds=30 * DAY, usage=None):
        """A certificate for these names, in force for so long, which may be less than nothing, for all uses or one."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(x509.Name.from_rfc4514_string(subject), key, seconds)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        if usage:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if names:
            general = [_alternative(name) if isinstance(name, str) else name for name in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
        return Certificate(builder.sign(self._key, hashes.SHA256()), key)

    def certificate(self, name, **settings):
        """A file with a key and a certificate for a host."""
        return self.issue(name, **settings).write(self._directory / f"{name}.pem")
