"""What stands between a proxy and servers in other people's networks: an HTTP proxy, and TLS."""

import base64
import contextlib
import socket
import ssl
import threading

CHUNK = 65536
REASONS = {200: "Connection established", 403: "Forbidden", 407: "Proxy Authentication Required", 502: "Bad Gateway"}


def read_head(connection):
    """All bytes up to the empty line, and what came behind it."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(CHUNK)
        if not chunk:
            return None
        received += chunk
    head, _, rest = received.partition(b"\r\n\r\n")
    return head.decode(), rest


def pump(source, sink):
    with contextlib.suppress(OSError):
        while chunk := source.recv(CHUNK):
            sink.sendall(chunk)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


def relay(one, other):
    """Passes on what either side says until one of them ends."""
    back = threading.Thread(target=pump, args=(other, one), daemon=True)
    back.start()
    pump(one, other)
    back.join()


class Relay:
    """Listens on loopback; each connection has a thread. Made for a `with` block."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def handle(self, connection):
        raise NotImplementedError

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection):
        with connection, contextlib.suppress(OSError):
            self.handle(connection)

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


class ConnectProxy(Relay):
    """An HTTP proxy that knows CONNECT alone. Whatever name it is asked for, it connects to this machine."""

    def __init__(self, credentials=None, status=200):
        super().__init__()
        self._wanted = credentials and f"Basic {base64.b64encode(credentials.encode()).decode()}"
        self._status = status
        # What was asked for, and what else came before the answer, which must be nothing.
        self.asked = []
        self.strange = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def url_with(self, credentials):
        return f"http://{credentials}@127.0.0.1:{self.port}"

    def handle(self, connection):
        received = read_head(connection)
        if received is None:
            return
        head, rest = received
        line, *fields = head.split("\r\n")
        method, authority, _ = line.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        if method != "CONNECT" or rest or set(headers) - {"host", "user-agent", "proxy-authorization"}:
            self.strange.append((head, rest))
        self.asked.append(authority)
        status = self._status
        if self._wanted and headers.get("proxy-authorization") != self._wanted:
            status = 407
        connection.sendall(f"HTTP/1.1 {status} {REASONS[status]}\r\n\r\n".encode())
        if status == 200:
            with socket.create_connection(("127.0.0.1", int(authority.rpartition(":")[2]))) as server:
                relay(connection, server)


class TLSFront(Relay):
    """Takes TLS off before a server of this machine."""

    def __init__(self, certificate, port, clients=None):
        super().__init__()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        if clients:
            # The file of an authority, of which clients have to show a certificate.
            self._context.load_verify_locations(clients)
            self._context.verify_mode = ssl.CERT_REQUIRED
        self._server_port = port

    def handle(self, connection):
        # Read and written by two threads, which `ssl` allows.
        with (
            self._context.wrap_socket(connection, server_side=True) as secure,
            socket.create_connection(("127.0.0.1", self._server_port)) as server,
        ):
            relay(secure, server)
