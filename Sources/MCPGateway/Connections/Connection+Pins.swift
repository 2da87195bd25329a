import MCPCore
import MCPUpstream
import NIOCore

// MARK: - What was approved of the server

extension Connection {
    /// How far it is known what the server lists on this connection, where nothing is used that was not approved.
    enum KnownLists {
        case unknown
        /// Who waits, and whether the server has said meanwhile that what it lists has changed.
        case reading(waiting: [@Sendable (Unread) -> Void], isOld: Bool)
        case known
    }

    /// The lists that the server has and has not given when it was asked for them.
    typealias Unread = Set<CatalogKind>

    /// Whether it is known that what the server lists on this connection is what was approved, or is withheld.
    var areListsKnown: Bool { if case .known = known { true } else { false } }

    /// Says whether a request may go to the server, once that is known.
    ///
    /// - Parameter body: Gets why it may not; nil when it may.
    func whenUsable(_ request: Message, _ body: @escaping @Sendable (Refusal?) -> Void) {
        guard server.pins.needsLists, !areListsKnown else { return body(server.pins.refusal(of: request, on: key)) }
        whenListsAreKnown { [self] unread in
            body(server.pins.refusal(of: request, on: key) ?? server.pins.refusal(of: request, without: unread))
        }
    }

    private func whenListsAreKnown(_ body: @escaping @Sendable (Unread) -> Void) {
        switch known {
        case .known: body([])
        case .reading(let waiting, let isOld): known = .reading(waiting: waiting + [body], isOld: isOld)
        case .unknown:
            known = .reading(waiting: [body], isOld: false)
            readPinnedLists()
        }
    }

    private func readPinnedLists() {
        let pinned = [CatalogKind.tools, .prompts]
        upstream.whenReady { [self] result in
            guard case .success(let introduction) = result else {
                // The upstream says so to the calls itself, and once it is ready after all they come back here.
                return listsWereRead(except: [], isReady: false)
            }
            CatalogReader(upstream, introduction, of: pinned, for: server) { [self] outcome in
                judge(outcome.catalog)
                listsWereRead(except: outcome.isCut ? Set(pinned) : outcome.failed, isReady: true)
            }.start()
        }
    }

    /// What is not known now is read again for the next request.
    private func listsWereRead(except unread: Unread, isReady: Bool) {
        guard case .reading(let waiting, let isOld) = known else { return }
        known = isReady && unread.isEmpty && !isOld ? .known : .unknown
        for body in waiting { body(unread) }
    }

    /// Holds what the server lists on this connection against what was approved.
    func judge(_ catalog: ServerCatalog) {
        for kind in [CatalogKind.tools, .prompts] {
            if let list = catalog[kind] { server.pins.judge(list, on: key) }
        }
    }

    /// All that is pinned was read, and has not changed since.
    func listsAreJudged() {
        if case .unknown = known { known = .known }
    }

    /// What the server lists may be something else than it was.
    func listsBecameOld() {
        switch known {
        case .known: known = .unknown
        case .reading(let waiting, _): known = .reading(waiting: waiting, isOld: true)
        case .unknown: break
        }
    }
}
