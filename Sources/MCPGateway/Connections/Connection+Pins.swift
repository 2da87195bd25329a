import MCPCore
import MCPUpstream
import NIOCore
import ToolPins

// MARK: - What was approved of the server

extension Connection {
    /// Whether it is known of what a request needs that what the server lists on this connection is what was approved, or
    /// is withheld.
    func knowsLists(for request: Message) -> Bool {
        switch server.pins.listsNeeded(for: request) {
        case .none: true
        case .one(let kind): known[kind].isKnown(server.pins.edition)
        case .all: PinKind.allCases.allSatisfy { known[$0].isKnown(server.pins.edition) }
        }
    }

    /// Says whether a request may go to the server, once that is known.
    ///
    /// - Parameter body: Gets why it may not; nil when it may.
    func whenUsable(_ request: Message, _ body: @escaping @Sendable (Refusal?) -> Void) {
        let kinds: [PinKind] =
            switch server.pins.listsNeeded(for: request) {
            case .none: []
            case .one(let kind): [kind]
            case .all: PinKind.allCases
            }
        whenKnown(kinds[...], [:]) { [self] unread in
            body(server.pins.refusal(of: request, on: key) ?? server.pins.refusal(without: unread))
        }
    }

    /// Gets to know lists, one after the other.
    ///
    /// - Parameters:
    ///   - unread: The ones that could not be read so far, and why, in words.
    ///   - body: Gets all that could not be read.
    private func whenKnown(
        _ kinds: ArraySlice<PinKind>, _ unread: [PinKind: String],
        _ body: @escaping @Sendable ([PinKind: String]) -> Void
    ) {
        guard let kind = kinds.first else { return body(unread) }
        let rest = kinds.dropFirst()
        guard !known[kind].isKnown(server.pins.edition) else { return whenKnown(rest, unread, body) }
        let goOn: KnownList.Waiting = { [self] why in
            whenKnown(rest, unread.merging(why.map { [kind: $0] } ?? [:]) { $1 }, body)
        }
        switch known[kind].ask(now: eventLoop.now, goOn) {
        case .wait: break
        case .read: read(kind)
        case .giveUp(let why): goOn(why)
        }
    }

    private func read(_ kind: PinKind) {
        let begun = eventLoop.now
        let tooLate = eventLoop.scheduleTask(in: KnownList.longestWait) { [self] in
            server.pins.note(unread: KnownList.late, kind, on: key)
            for waiting in known[kind].isLate() { waiting(KnownList.late) }
        }
        upstream.whenReady { [self] result in
            guard case .success(let introduction) = result else {
                // The upstream says so to the calls itself, and once it is ready after all they come back here.
                tooLate.cancel()
                return tell(known[kind].wasRead(edition: nil), nil)
            }
            let moment = momentOfLists
            CatalogReader(upstream, introduction, of: [CatalogKind(kind)], for: server) { [self] outcome in
                tooLate.cancel()
                let isNew = judge(outcome, since: moment)
                guard let why = outcome.whyUnread(CatalogKind(kind)) else {
                    return tell(known[kind].wasRead(edition: isNew ? server.pins.edition : nil), nil)
                }
                server.pins.note(unread: why, kind, on: key)
                // Not at each call: a server may take long to say that it cannot.
                let rest = eventLoop.now + (eventLoop.now - begun) * 9 + .seconds(1)
                tell(known[kind].wasNotRead(why, until: rest), why)
            }.start()
        }
    }

    private func tell(_ waiting: [KnownList.Waiting], _ why: String?) { for body in waiting { body(why) } }

    /// When lists are asked for, to tell whether they are still what the server has when they come.
    struct MomentOfLists {
        /// Of what is known of the server on all its connections.
        fileprivate let edition: Int
        /// Of the lists of this one.
        fileprivate let age: Int
    }

    var momentOfLists: MomentOfLists { MomentOfLists(edition: server.pins.edition, age: known.age) }

    /// Holds what the server lists on this connection against what was approved.
    ///
    /// - Parameter moment: When it was asked for.
    /// - Returns: Whether nothing else was found on another connection meanwhile: then this one would have to be asked again.
    @discardableResult
    func judge(_ outcome: CatalogReader.Outcome, since moment: MomentOfLists) -> Bool {
        var findings = 0
        for kind in PinKind.allCases where outcome.wanted.contains(CatalogKind(kind)) {
            let list = CatalogKind(kind)
            let why = outcome.whyUnread(list)
            if why == nil { server.pins.note(unread: nil, kind, on: key) }
            guard outcome.failed[list] == nil else { continue }
            // What the server neither has nor is thought to have is an empty list.
            let hasNews = server.pins.judge(outcome.catalog[list] ?? CatalogList(list), isWhole: why == nil, on: key)
            if hasNews { findings += 1 }
        }
        return server.pins.edition == moment.edition + findings
    }

    /// What was read of the catalog, and judged, need not be read again before a call, unless it is old already.
    func listsAreJudged(_ outcome: CatalogReader.Outcome, since moment: MomentOfLists) {
        guard known.age == moment.age else { return }
        for kind in PinKind.allCases {
            guard outcome.wanted.contains(CatalogKind(kind)), outcome.whyUnread(CatalogKind(kind)) == nil else {
                continue
            }
            known[kind].isJudged(edition: server.pins.edition)
        }
    }

    /// What the server lists may be something else than it was.
    func listsBecameOld() { known.becameOld() }
}
