import Addresses
import NIOCore

/// Reads what a proxy answers to CONNECT, as far as it has come: only its status counts, and where it ends.
struct TunnelAnswer {
    /// The answer is not one of HTTP/1.1, or something follows a success that nobody asked for.
    struct Unreadable: Error {}

    private var bytes: [UInt8] = []

    var length: Int { bytes.count }

    mutating func append(_ more: ByteBuffer) {
        bytes += more.readableBytesView
    }

    /// Returns the final status; nil as long as its head is not complete. Provisional answers (1xx) before it are
    /// passed over.
    ///
    /// A server does not speak before it is spoken to, neither with TLS nor in HTTP: what follows a success would be
    /// taken for an answer of the server, but is the proxy's.
    mutating func status() throws(Unreadable) -> Int? {
        while let end = endOfHead {
            let status = try Self.status(of: bytes[..<end])
            guard status >= 200 else {
                bytes.removeFirst(end)
                continue
            }
            guard status >= 300 || end == bytes.count else { throw Unreadable() }
            return status
        }
        return nil
    }

    private var endOfHead: Int? {
        let mark = Array("\r\n\r\n".utf8)
        return bytes.indices.first { bytes[$0...].starts(with: mark) }.map { $0 + mark.count }
    }

    /// Reads `HTTP/1.1 200 Connection established` (RFC 9112, 4), or the same of HTTP/1.0, which old proxies speak.
    private static func status(of head: ArraySlice<UInt8>) throws(Unreadable) -> Int {
        let line = head.prefix { $0 != UInt8(ascii: "\r") }
        let digits = line.dropFirst(9).prefix(3)
        guard line.starts(with: "HTTP/1.1 ".utf8) || line.starts(with: "HTTP/1.0 ".utf8),
            digits.count == 3, digits.allSatisfy(ASCII.isDigit),
            line.count == 12 || line.dropFirst(12).first == UInt8(ascii: " ")
        else { throw Unreadable() }
        let status = digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
        guard (100...599).contains(status), status != 101 else { throw Unreadable() }
        return status
    }
}
