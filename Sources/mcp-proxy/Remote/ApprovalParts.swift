import MCPCore
import NIOCore

/// What is approved, as the bodies of requests each of which the management API takes.
struct ApprovalParts {
    /// The API takes 256 KiB.
    private static let maximumBytes = 200 << 10

    let bodies: [ByteBuffer]

    /// - Parameters:
    ///   - changes: As the API shows them.
    ///   - gone: What is released by its name, as the API shows it.
    ///   - isNamed: Whether only what has these names is approved. Otherwise it is all that the server shows, and with it
    ///     what is not known any more.
    init(_ changes: [JSONView], gone: [JSONView], isNamed: Bool) {
        var parts: [[JSONView]] = [[]]
        var byteCount = 0
        for change in changes {
            let own = ["sha256", isNamed ? "name" : nil].compactMap { $0.flatMap { change[$0] } }
            let size = own.reduce(0) { $0 + $1.bytes.readableBytes + 1 }
            if byteCount + size > Self.maximumBytes, byteCount > 0 {
                parts.append([])
                byteCount = 0
            }
            parts[parts.count - 1].append(change)
            byteCount += size
        }
        if isNamed, changes.isEmpty { parts = [] }
        // What is gone is released by its name alone, so that nothing is approved that has come in its place.
        bodies =
            parts.map { Self.body($0, isNamed: isNamed) } + (gone.isEmpty ? [] : [Self.body(gone, isNamed: true)])
    }

    private static func body(_ changes: [JSONView], isNamed: Bool) -> ByteBuffer {
        var body = JSONObjectWriter()
        if isNamed {
            for (member, kind) in [("tools", "tool"), ("prompts", "prompt")] {
                let named = changes.filter { $0["kind"]?.string == kind }.compactMap { $0["name"]?.string }
                body.add(member, Set(named).sorted())
            }
        }
        body.add("sha256", changes.compactMap { $0["sha256"]?.string })
        return body.finished
    }
}
