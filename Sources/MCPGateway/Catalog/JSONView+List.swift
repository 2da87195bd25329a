import MCPCore
import NIOCore

extension JSONView {
    /// Returns what has to be cut out of a result with a list for a client. Everything else stays as it came.
    ///
    /// - Parameter isKept: Says of an entry and its place whether it stays.
    func edits(ofList kind: CatalogKind, where isKept: (Int, JSONView) -> Bool) -> [Edit] {
        guard let entries = self[kind.member], entries.isArray else { return [] }
        var list = ByteBuffer()
        list.reserveCapacity(entries.range.count)
        list.writeStaticString("[")
        var (place, kept) = (0, 0)
        entries.forEachElement { entry in
            defer { place += 1 }
            guard isKept(place, entry) else { return }
            if kept > 0 { list.writeStaticString(",") }
            list.writeImmutableBuffer(entry.bytes)
            kept += 1
        }
        guard kept < place else { return [] }
        list.writeStaticString("]")
        return [Edit(entries.range, .bytes(list))]
    }
}
