/// Whom a certificate was issued for: its subject alternative names, byte for byte as they stand in it.
///
/// The common name is none of them ([RFC 9525](https://www.rfc-editor.org/rfc/rfc9525), section 2): it may be any text.
package struct CertificateNames: Sendable, Equatable {
    /// The names of hosts (`dNSName`).
    package var names: [[UInt8]] = []
    /// The addresses (`iPAddress`), each of 4 or 16 bytes where it is well-formed.
    package var addresses: [[UInt8]] = []

    package init() {}

    /// Whether the certificate is for a host: a name among the names, an address among the addresses.
    package func match(_ host: HTTPOrigin.Host) -> Bool {
        switch host {
        case .address(let address):
            let bytes = address.bytes
            return addresses.contains { $0.elementsEqual(bytes) }
        case .name(let name):
            guard let labels = Self.labels(of: Array(name.utf8)), !Self.isAddress(labels) else { return false }
            return names.contains { Self.matches($0, labels) }
        }
    }

    /// What stands before the dots. nil for what is no name of a host; the dot of the root is none of it.
    private static func labels(of name: [UInt8]) -> [ArraySlice<UInt8>]? {
        let dot = UInt8(ascii: ".")
        let bare = name.last == dot ? name.dropLast() : name[...]
        let labels = bare.split(separator: dot, omittingEmptySubsequences: false)
        return labels.contains { $0.isEmpty || $0.count > 63 } ? nil : labels
    }

    /// An address that was taken for a name: no name of a host ends with a number.
    private static func isAddress(_ labels: [ArraySlice<UInt8>]) -> Bool {
        labels.last?.allSatisfy(ASCII.isDigit) ?? true
    }

    /// A wildcard stands for one whole label, the first, with at least two others behind it.
    private static func matches(_ presented: [UInt8], _ labels: [ArraySlice<UInt8>]) -> Bool {
        guard let own = Self.labels(of: presented), own.count == labels.count, let first = own.first else {
            return false
        }
        let isWildcard = first.elementsEqual([UInt8(ascii: "*")])
        guard !isWildcard || own.count > 2 else { return false }
        return zip(own, labels).enumerated().allSatisfy { index, pair in
            index == 0 && isWildcard
                || pair.0.allSatisfy(isInNames) && ASCII.equal(pair.0, pair.1)
        }
    }

    /// A letter, a digit, a hyphen or an underscore: no part of a wildcard, and names beyond ASCII as A-labels only.
    private static func isInNames(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}

extension CertificateNames: CustomStringConvertible {
    /// How many names are shown: a certificate may have thousands.
    private static let shownCount = 5
    private static let shownLength = 80

    /// The first names, in words for a log. They are the server's own text, so nothing of them is shown that is not
    /// printable ASCII.
    package var description: String {
        let all = names.map { "\"\(Self.printable($0))\"" } + addresses.map(Self.shown(address:))
        guard !all.isEmpty else { return "no name" }
        let rest = all.count - Self.shownCount
        return all.prefix(Self.shownCount).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    private static func printable(_ name: [UInt8]) -> String {
        let shown = name.prefix(shownLength).map {
            ASCII.isVisible($0) && $0 != UInt8(ascii: "\"") ? $0 : UInt8(ascii: "?")
        }
        return String(decoding: shown, as: UTF8.self) + (name.count > shownLength ? "…" : "")
    }

    private static func shown(address bytes: [UInt8]) -> String {
        switch bytes.count {
        case 4: "\(IPAddress.v4(bytes.reduce(0) { $0 << 8 | UInt32($1) }))"
        case 16: "\(IPAddress.v6(bytes.reduce(0) { $0 << 8 | UInt128($1) }))"
        default: "an address of \(bytes.count) bytes"
        }
    }
}
