/// What servers list to one client, where that is something else than what they list to others, and what comes of it.
struct OwnOfferLists {
    private var catalogs: [ObjectIdentifier: ServerCatalog] = [:]
    private var assembled: (lists: OfferLists, edition: Int)?

    var isEmpty: Bool { catalogs.isEmpty }

    subscript(server: ServerConnections) -> ServerCatalog? {
        get { catalogs.isEmpty ? nil : catalogs[ObjectIdentifier(server)] }
        set {
            if newValue == nil, catalogs.isEmpty { return }
            catalogs[ObjectIdentifier(server)] = newValue
            assembled = nil
        }
    }

    /// What the client is offered: assembled anew when anything of it has changed.
    mutating func lists(in view: OfferView) -> OfferLists {
        if let assembled, assembled.edition == view.edition, view.isCurrent(assembled.lists) { return assembled.lists }
        let lists = view.lists { catalogs[ObjectIdentifier($0)] }
        assembled = (lists, view.edition)
        return lists
    }
}
