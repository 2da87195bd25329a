package import MCPCore
package import NIOCore

/// A definition of a tool or a prompt, as far as it counts.
package struct PinnedDefinition: Sendable, Equatable {
    /// How long one may be; of a longer one only a digest is kept.
    package static let maximumBytes = 256 << 10

    package let digest: PinDigest
    /// Canonical JSON of an object with the members that count. What is absent stays absent; pictures, `_meta` and
    /// whatever else is there is left out.
    ///
    /// Of a definition that is too long, or has no canonical form, it is an object with the one member `verbatim`, which
    /// holds length and digest of the bytes as the server sent them. Such a one equals only what has the same bytes, never
    /// one that has a canonical form, for `verbatim` is no member that counts.
    package let json: ByteBuffer

    /// Takes a definition as a server lists it.
    package init(_ kind: PinKind, _ definition: JSONView) {
        json = Self.canonical(kind, definition) ?? Self.verbatim(definition.bytes)
        digest = PinDigest(of: json)
    }

    /// Takes one that was written down, whatever its spaces and the order of its members.
    ///
    /// - Throws: `JSONError` when it has no canonical form.
    init(written definition: JSONView) throws(JSONError) {
        json = try CanonicalJSON.make(definition.bytes)
        digest = PinDigest(of: json)
    }

    /// All texts in it, each on a line of its own.
    package var words: String {
        var words = ""
        CanonicalStrings(json).forEach { words += $0 + "\n" }
        return words
    }

    private static func canonical(_ kind: PinKind, _ definition: JSONView) -> ByteBuffer? {
        var length = 0
        definition.forEachMember { name, value in if kind.counts(name) { length += value.range.count } }
        guard length <= maximumBytes else { return nil }
        // What has no canonical form is kept by its bytes, whatever the reason is.
        guard let json = try? CanonicalJSON.make(definition.bytes, members: kind.counts) else { return nil }
        return json.readableBytes <= maximumBytes ? json : nil
    }

    private static func verbatim(_ bytes: ByteBuffer) -> ByteBuffer {
        var inner = JSONObjectWriter()
        inner.add("bytes", bytes.readableBytes)
        inner.add("sha256", PinDigest(of: bytes).hex)
        var outer = JSONObjectWriter()
        outer.add("verbatim", json: inner.finished)
        return outer.finished
    }
}
