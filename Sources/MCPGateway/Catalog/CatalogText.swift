import MCPCore
import MCPUpstream
package import NIOCore

/// A catalog as it is kept from one run to the next: an object with what the server said of itself and its lists, as it
/// wrote them.
enum CatalogText {
    static func write(_ catalog: ServerCatalog) -> ByteBuffer {
        var text = JSONObjectWriter()
        text.add("version", catalog.introduction.version.name)
        text.add("introduction", json: catalog.introduction.result.bytes)
        for kind in CatalogKind.allCases {
            guard let list = catalog[kind] else { continue }
            var object = JSONObjectWriter()
            object.add(kind.member, elements: list.entries.map { list.view($0).bytes })
            if let time = list.timeToLive { object.add("ttlMs", Int(time)) }
            if let isPublic = list.isPublic { object.add("cacheScope", isPublic ? "public" : "private") }
            text.add(kind.method.rawValue, json: object.finished)
        }
        return text.finished
    }

    /// - Returns: nil for what is no catalog, or of a revision that we do not speak.
    static func read(_ bytes: ByteBuffer, hasValidMarks: (JSONView, String) -> Bool) -> ServerCatalog? {
        // A file that is damaged is as good as none: the server is asked.
        guard let text = try? JSONText(scanning: bytes), let version = text.root["version"]?.string,
            let introduction = text.root["introduction"], introduction.isObject,
            let known = Introduction(remembered: JSONText(accepted: introduction.bytes), version: version)
        else { return nil }
        var catalog = ServerCatalog(known)
        for kind in CatalogKind.allCases {
            guard let page = text.root[kind.method.rawValue] else { continue }
            var list = CatalogList(kind)
            list.add(page, hasValidMarks: hasValidMarks)
            catalog[kind] = list
        }
        return catalog
    }
}

extension ServerConnections {
    /// What the server lists, to be kept for the next run; nil before it was read.
    package var catalogText: ByteBuffer? { catalog.current.map(CatalogText.write) }

    /// Takes what was known of the server in an earlier run, so that lists need not wait for it. What it has by now counts
    /// as soon as it has been read.
    ///
    /// - Parameter text: As `catalogText` was. What is no catalog is as good as none.
    package func remember(_ text: ByteBuffer) {
        let known = CatalogText.read(text) { [headerMarks] in headerMarks.learn($0, $1) }
        if let known { catalog.remember(known) }
    }
}
