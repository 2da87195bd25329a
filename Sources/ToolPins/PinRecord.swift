package import MCPValues
import NIOCore

/// What was approved of one server.
package struct PinRecord: Sendable, Equatable {
    /// What a definition is to somebody who knows the record.
    package enum Verdict: Sendable {
        case accepted
        /// Nothing of that name was approved yet.
        case new
        /// Something else was approved, or the record has no room for what is new: then nothing new can be told from
        /// what has changed.
        case changed
    }

    /// How many names of one kind a record has.
    package static let maximumNames = 10_000
    /// How many definitions of one name count at the same time: a server may show different callers different ones.
    package static let maximumOfName = 8
    /// How many bytes the definitions of a record have together.
    package static let maximumBytes = 32 << 20

    private struct Table: Equatable, Sendable {
        var isEstablished = false
        /// By name, newest first.
        var definitions: [ByteText: [PinnedDefinition]] = [:]
    }

    private var tables = ByPinKind(Table())
    private var byteCount = 0

    package init() {}

    /// What a definition is that a server lists now.
    package func verdict(_ kind: PinKind, _ name: ByteText, _ digest: PinDigest) -> Verdict {
        guard let known = tables[kind].definitions[name] else { return hasRoom(kind) ? .new : .changed }
        return known.contains { $0.digest == digest } ? .accepted : .changed
    }

    /// Whether a whole list of that kind was seen, so that from then on something can be new.
    package func isEstablished(_ kind: PinKind) -> Bool { tables[kind].isEstablished }

    /// Notes that a whole list of that kind was seen.
    package mutating func establish(_ kind: PinKind) { tables[kind].isEstablished = true }

    /// Approves a definition.
    ///
    /// - Parameter replacing: Whether the ones before it count no more.
    /// - Returns: false when the record has no room for it; then it is as it was, and the definition counts as changed.
    @discardableResult
    package mutating func accept(
        _ kind: PinKind, _ name: ByteText, _ definition: PinnedDefinition, replacing: Bool
    ) -> Bool {
        let known = tables[kind].definitions[name]
        guard known != nil || hasRoom(kind) else { return false }
        var kept = replacing ? [] : (known ?? []).filter { $0.digest != definition.digest }
        // None goes that may be in use.
        guard kept.count < Self.maximumOfName else { return false }
        kept.insert(definition, at: 0)
        let change = Self.bytes(of: kept) - Self.bytes(of: known ?? [])
        guard change <= 0 || byteCount + change <= Self.maximumBytes else { return false }
        byteCount += change
        tables[kind].definitions[name] = kept
        return true
    }

    /// What counts under a name, newest first.
    package func accepted(_ kind: PinKind, _ name: ByteText) -> [PinnedDefinition] {
        tables[kind].definitions[name] ?? []
    }

    /// The names under which something counts, in order.
    package func names(_ kind: PinKind) -> [ByteText] { tables[kind].definitions.keys.sorted() }

    /// Whether something counts.
    package func hasNames(_ kind: PinKind) -> Bool { !tables[kind].definitions.isEmpty }

    /// Forgets names.
    package mutating func drop(_ kind: PinKind, where isGone: (ByteText) -> Bool) {
        for (name, definitions) in tables[kind].definitions where isGone(name) {
            byteCount -= Self.bytes(of: definitions)
            tables[kind].definitions[name] = nil
        }
    }

    /// Why nothing new of a kind can be approved, in words; nil where it can.
    package func fullness(_ kind: PinKind) -> String? {
        guard !hasRoom(kind) else { return nil }
        return tables[kind].definitions.count < Self.maximumNames
            ? "as much of tools and prompts is known as is kept of a server (\(Self.maximumBytes >> 20) MiB)"
            : "as many \(kind.plural) are known as are kept of a server (\(Self.maximumNames))"
    }

    /// Whether one more name fits in, whatever its definition is: only then what is new need not be refused.
    package func hasRoom(_ kind: PinKind) -> Bool {
        tables[kind].definitions.count < Self.maximumNames
            && byteCount + PinnedDefinition.maximumBytes <= Self.maximumBytes
    }

    private static func bytes(of definitions: [PinnedDefinition]) -> Int {
        definitions.reduce(0) { $0 + $1.json.readableBytes }
    }
}
