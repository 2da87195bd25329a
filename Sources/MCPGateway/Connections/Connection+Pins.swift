import MCPCore
import MCPUpstream
import NIOCore
import ToolPins

// MARK: - What was approved of the server

extension Connection {
    /// Says why a request may not go to the server.
    enum Hindrance: Sendable {
        case refusal(Refusal)
        /// Somebody has to log in before it is known.
        case login(UpstreamFailure)
    }

    /// What is known of the server on all its connections: as long as this is the same, lists that were read need not be
    /// read again.
    private var edition: Int { server.pins.gate.edition(ofDeaf: isDeaf) }

    /// Whether the server cannot say here that something has changed: nobody listens to the stream on which it would.
    private var isDeaf: Bool { era != .modern && hearsOnAnotherStream && !wantsToListen }

    /// Tells whether a request may be written that was found to be usable at a moment.
    func mayStill(_ request: Message, since moment: MomentOfLists?) -> Bool {
        checkConfinement()
        return !server.pins.gate.needsLists
            || moment == momentOfLists && server.pins.refusal(of: request, on: key) == nil
    }

    /// Tells whether it is known of what a request needs that what the server lists on this connection is what was
    /// approved, or is withheld.
    func knowsLists(for request: Message) -> Bool {
        switch server.pins.gate.listsNeeded(for: request) {
        case .none: true
        case .one(let kind): known[kind].isKnown(edition)
        case .all: PinKind.allCases.allSatisfy { known[$0].isKnown(edition) }
        }
    }

    /// Says whether a request may go to the server, once that is known.
    ///
    /// - Parameter body: Gets why it may not; nil when it may.
    func whenUsable(_ request: Message, _ body: @escaping @Sendable (Hindrance?) -> Void) {
        checkConfinement()
        let kinds: [PinKind] =
            switch server.pins.gate.listsNeeded(for: request) {
            case .none: []
            case .one(let kind): [kind]
            case .all: PinKind.allCases
            }
        // All at once, so that the wait for one is that for the other.
        for kind in kinds.dropFirst() { read(kind) }
        whenKnown(kinds[...], [:]) { [self] unread in
            if let refusal = server.pins.refusal(of: request, on: key) { return body(.refusal(refusal)) }
            guard let refusal = server.pins.refusal(without: unread) else { return body(nil) }
            body(loginNeeded.map(Hindrance.login) ?? .refusal(refusal))
        }
    }

    /// Gets to know lists.
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
        read(kind) { [self] why in
            whenKnown(rest, unread.merging(why.map { [kind: $0] } ?? [:]) { $1 }, body)
        }
    }

    /// Reads a list, unless it is known.
    ///
    /// - Parameter body: Gets why it could not be read, in words; nil when it is known.
    private func read(_ kind: PinKind, _ body: KnownList.Waiting? = nil) {
        guard !known[kind].isKnown(edition) else {
            body?(nil)
            return
        }
        switch known[kind].ask(now: eventLoop.now, body) {
        case .wait: break
        case .giveUp(let why): body?(why)
        case .read(let attempt):
            eventLoop.scheduleTask(in: KnownList.longestWait) { [weak self] in
                guard let self, let waiting = known[kind].isLate(attempt, now: eventLoop.now) else { return }
                server.pins.note(unread: KnownList.late, kind, on: key)
                tell(waiting, KnownList.late)
            }
            read(kind, attempt)
        }
    }

    private func read(_ kind: PinKind, _ attempt: Int) {
        let begun = eventLoop.now
        upstream.whenReady { [self] result in
            guard case .success(let introduction) = result else {
                // The upstream says so to the calls itself, and once it is ready after all they come back here.
                return tell(known[kind].wasNotAsked(attempt), nil)
            }
            let moment = momentOfLists
            CatalogReader(upstream, introduction, of: [CatalogKind(kind)], for: server) { [self] outcome in
                let isNew = judge(outcome, since: moment)
                loginNeeded = outcome.loginNeeded
                if let why = outcome.whyUnread(CatalogKind(kind)) {
                    // Asked for again at once: somebody may have logged in.
                    if loginNeeded != nil { return tell(known[kind].wasNotAsked(attempt), why) }
                    server.pins.note(unread: why, kind, on: key)
                    // Not at each call: a server may take long to say that it cannot.
                    let rest = (eventLoop.now - begun) * 9 + .seconds(1)
                    return tell(known[kind].wasNotRead(attempt, why, now: eventLoop.now, rest: rest), why)
                }
                switch known[kind].wasRead(attempt, edition: isNew ? edition : nil) {
                case .known(let waiting): tell(waiting, nil)
                case .readAgain: read(kind, attempt)
                }
            }.start()
        }
    }

    private func tell(_ waiting: [KnownList.Waiting], _ why: String?) { for body in waiting { body(why) } }

    /// Marks when lists are asked for, to tell whether they are still what the server has when they come.
    struct MomentOfLists: Equatable {
        /// Of what is known of the server on all its connections.
        fileprivate let edition: Int
        /// Of the lists of this one.
        fileprivate let age: Int
    }

    var momentOfLists: MomentOfLists { MomentOfLists(edition: edition, age: known.age) }

    /// Holds what the server lists on this connection against what was approved.
    ///
    /// - Parameter moment: When it was asked for.
    /// - Returns: Whether it is still what the server lists, as far as anybody knows.
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
        if findings > 0 { server.lookForChangesAgain(except: self) }
        return edition == moment.edition + findings && known.age == moment.age
    }

    /// The lists that were read for the catalog, and judged, need not be read again before a call.
    func listsAreJudged(_ outcome: CatalogReader.Outcome) {
        for kind in PinKind.allCases where outcome.wanted.contains(CatalogKind(kind)) {
            if outcome.whyUnread(CatalogKind(kind)) == nil { known[kind].isJudged(edition: edition) }
        }
    }

    /// A client's own list was the whole one, and was judged when it passed.
    ///
    /// - Parameter moment: When it was asked for.
    func listWasSeen(_ kind: PinKind, since moment: MomentOfLists?) {
        checkConfinement()
        guard let moment, moment.age == known.age, moment.edition == edition else { return }
        server.pins.note(unread: nil, kind, on: key)
        known[kind].isJudged(edition: edition)
    }

    /// The lists of the server may be other ones than they were.
    func listsBecameOld() { known.becameOld() }

    /// The server says that what it lists has changed. Where it cannot say so, that may be meant, too.
    func listsChangedEverywhere() {
        guard server.pins.gate.needsLists else { return }
        server.pins.gate.somethingHasChanged()
        server.lookForChangesAgain(except: nil)
    }

    /// A request was refused. What it was refused for may have been taken back without anybody having heard that: where all
    /// is refused, on any connection.
    func wasRefused() {
        if server.pins.gate.isBlocked { return server.lookForChangesAgain(except: nil) }
        if server.pins.hasChanges(nil, on: key) { lookAgain() }
    }

    /// Reads again what may have been taken back, after a rest: that nobody calls here must not keep others from it.
    func lookAgain() {
        checkConfinement()
        guard !isToLookAgain else { return }
        let due = lookedAgain.map { $0 + Self.restBetweenLooks } ?? eventLoop.now
        guard due > eventLoop.now else { return lookNow() }
        isToLookAgain = true
        eventLoop.scheduleTask(deadline: due) { [weak self] in self?.lookNow() }
    }

    private func lookNow() {
        isToLookAgain = false
        lookedAgain = eventLoop.now
        for kind in PinKind.allCases where server.pins.hasChanges(kind, on: key) {
            known[kind].becameOld()
            read(kind)
        }
    }

    private static let restBetweenLooks = TimeAmount.seconds(5)
}

extension ServerConnections {
    /// Has those connections look again that show what was not approved, where they do not know that this is so still.
    fileprivate func lookForChangesAgain(except source: Connection?) {
        for connection in all where connection !== source && pins.hasChanges(nil, on: connection.key) {
            connection.runNowOrLater { $0.lookAgain() }
        }
    }
}
