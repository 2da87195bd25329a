import MCPCore
import MCPValues
import NIOCore
import ToolPins

/// One list of a server, all its pages, as its own bytes.
struct CatalogList: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        /// Where it stands in the bytes of the list.
        let range: ByteRange
        /// Where the value of its name, or its address, stands there, quotes included.
        let keyRange: ByteRange
        let key: ByteText
        /// Whether a tool says of itself that it changes nothing.
        let isReadOnly: Bool
        /// Whether what a tool says of header fields is in order
        /// ([x-mcp-header, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/server/tools#x-mcp-header)).
        let hasValidMarks: Bool
        /// Of what is pinned of a tool or prompt; nil for all else.
        let digest: PinDigest?
        /// Whether its name has characters that nobody sees.
        let hasHiddenCharacters: Bool
    }

    let kind: CatalogKind
    private(set) var bytes = ByteBuffer()
    private(set) var entries: [Entry] = []
    /// How long the server says that the list may be taken for fresh, in milliseconds; nil when it does not say.
    private(set) var timeToLive: Int64?
    /// Whether it says that the list may be kept for others; nil when it does not say.
    private(set) var isPublic: Bool?

    init(_ kind: CatalogKind) {
        self.kind = kind
    }

    /// Adds what one page holds. What has no name that could be asked for is left out, and so is a tool or prompt of which
    /// readers may find different names.
    ///
    /// - Parameters:
    ///   - former: What the list was before. What stands there in the same place is not looked at again.
    ///   - hasValidMarks: Says of a tool and its name whether its header marks are in order.
    mutating func add(
        _ page: JSONView, former: CatalogList? = nil, hasValidMarks: (JSONView, String) -> Bool = { _, _ in true }
    ) {
        let pinned = PinKind(kind)
        page[kind.member]?.forEachElement { element in
            let old = former?.entry(at: entries.count, like: element)
            guard let key = key(of: element), let text = key.string else { return }
            let start = bytes.readableBytes
            bytes.writeImmutableBuffer(element.bytes)
            let offset = start - element.range.lowerBound
            entries.append(
                Entry(
                    range: start..<bytes.readableBytes,
                    keyRange: key.range.lowerBound + offset..<key.range.upperBound + offset,
                    key: ByteText(text),
                    isReadOnly: kind == .tools && element["annotations"]?["readOnlyHint"]?.boolean == true,
                    hasValidMarks: kind != .tools || hasValidMarks(element, text),
                    digest: pinned.map { old?.digest ?? PinnedDefinition($0, element).digest },
                    hasHiddenCharacters: pinned != nil
                        && (old?.hasHiddenCharacters ?? (HiddenCharacters.first(in: text) != nil))))
        }
        noteHints(of: page)
    }

    /// Returns the entry in a place, where its bytes are these.
    private func entry(at place: Int, like element: JSONView) -> Entry? {
        guard entries.indices.contains(place), entries[place].range.count == element.range.count,
            view(entries[place]).bytes == element.bytes
        else { return nil }
        return entries[place]
    }

    private func key(of element: JSONView) -> JSONView? {
        guard PinKind(kind) != nil else { return element[kind.key] }
        return if case .one(let key) = element.reading(of: kind.key) { key } else { nil }
    }

    /// The shortest time of several pages counts, and one page that is not for others makes the whole list so.
    private mutating func noteHints(of page: JSONView) {
        if let time = page["ttlMs"]?.integer { timeToLive = min(timeToLive ?? time, time) }
        if let scope = page["cacheScope"]?.string { isPublic = (isPublic ?? true) && scope == "public" }
    }

    /// Tells whether something of this name is on it.
    func has(_ name: String) -> Bool {
        let key = ByteText(name)
        return entries.contains { $0.key == key }
    }

    /// Returns an entry, to be looked into.
    func view(_ entry: Entry) -> JSONView { JSONView(text: bytes, range: entry.range) }
}
