import MCPCore
import MCPUpstream
import NIOCore

/// Holds what a server is and has, as it was read last.
struct ServerCatalog: Sendable {
    /// What the server said of itself.
    let introduction: Introduction
    /// A list that is not there the server does not have, or has not been able to give.
    private(set) var lists: [CatalogKind: CatalogList] = [:]

    init(_ introduction: Introduction) {
        self.introduction = introduction
    }

    subscript(kind: CatalogKind) -> CatalogList? {
        get { lists[kind] }
        set { lists[kind] = newValue }
    }

    /// Tells whether the server says that it has lists of a kind.
    func declares(_ kind: CatalogKind) -> Bool { introduction.declares(kind.capability) }

    /// Returns the notifications that tell a client what has changed since an earlier catalog.
    func changes(since former: ServerCatalog?) -> Set<Method> {
        Set(CatalogKind.allCases.filter { former?[$0]?.bytes != self[$0]?.bytes }.map(\.change))
    }
}
