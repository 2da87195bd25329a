package import Logging
import MCPCore
package import MCPValues
import NIOCore
import Synchronization
package import ToolPins

/// Decides what clients may see and use of one server, by what of it was approved: the first that was seen of each tool
/// and prompt, or what somebody has approved since. Outlives the connections, and the settings, of the server.
package final class PinnedServer: Sendable {
    /// A page that clients may see as it is.
    private struct CleanPage {
        let kind: PinKind
        let result: ByteBuffer
        let isLast: Bool
    }

    /// Holds what a page of a list is for clients.
    struct Page {
        /// Which entries are kept from them, by their places.
        var withheld: Set<Int> = []
        /// Whether it is the whole list.
        var isWhole = false
    }

    private struct State {
        var pins: PinState
        /// The last ones that passed, so that the same list again costs a comparison.
        var clean: [CleanPage] = []
        var listeners: [ObjectIdentifier: @Sendable () -> Void] = [:]
        /// The lists that a connection has and does not give, and why, in words.
        var unread: [ConnectionKey: [PinKind: String]] = [:]
        /// What the server has under names with characters that nobody sees, so that it is not offered.
        var unseeable: Set<PinnedName> = []
    }

    private static let maximumCleanPages = 4
    private static let maximumUnseeable = 100

    /// The server's key in the configuration.
    package let name: String
    private let log: PinLog
    private let refusals: PinRefusals
    private let state: Mutex<State>
    /// What has to be known of it for each call.
    let gate = PinGate()
    /// Keeps what was learnt or approved.
    private let changed: @Sendable () -> Void

    /// - Parameters:
    ///   - fault: Why it is not known what was approved, in words; nil when it is.
    ///   - remedy: How what is withheld can be approved.
    ///   - changed: Is called, from anywhere, when something else counts as approved than before.
    package init(
        _ name: String, _ record: PinRecord = PinRecord(), mode: PinMode, fault: String? = nil,
        remedy: PinRemedy = .command, logger: Logger, changed: @escaping @Sendable () -> Void = {}
    ) {
        self.name = name
        log = PinLog(server: name, logger: logger)
        refusals = PinRefusals(server: name, remedy: remedy)
        self.changed = changed
        state = Mutex(State(pins: PinState(record, mode, fault: fault)))
        state.withLock { gate.publish($0.pins) }
    }

    /// Takes what of a server is to be approved before it is used, from now on.
    package func take(_ mode: PinMode) {
        tell(
            state.withLock { state in
                guard state.pins.mode != mode else { return [] }
                state.pins.mode = mode
                state.clean = []
                gate.publish(state.pins)
                gate.makeOld()
                return Array(state.listeners.values)
            })
    }

    /// Tells whether a connection shows something that nobody has approved.
    ///
    /// - Parameter kind: nil for any.
    func hasChanges(_ kind: PinKind?, on key: ConnectionKey) -> Bool {
        state.withLock { $0.pins.hasChanges(kind, on: key) }
    }

    /// Calls back, from anywhere, when other things are withheld than before without a list having changed.
    func listen(_ listener: ObjectIdentifier, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.listeners[listener] = body }
    }

    func leave(_ listener: ObjectIdentifier) { state.withLock { $0.listeners[listener] = nil } }

    private func tell(_ listeners: [@Sendable () -> Void]) { for listener in listeners { listener() } }

    /// Whether it is held to what is not known any more.
    package var isHeldToLost: Bool { state.withLock { $0.pins.isUntrusting } }

    package var record: PinRecord { state.withLock { $0.pins.record } }

    // MARK: Calls

    /// Tells whether the server is asked for a list although it does not say that it has one: some of it was approved,
    /// and what becomes of that has to be known.
    func expects(_ list: CatalogKind) -> Bool {
        guard gate.needsLists, let kind = PinKind(list) else { return false }
        return state.withLock { $0.pins.record.hasNames(kind) }
    }

    /// Says why a request is not passed on; nil when it is.
    ///
    /// - Parameter key: On which connection it would go.
    func refusal(of request: Message, on key: ConnectionKey) -> Refusal? {
        guard !gate.isOff else { return nil }
        guard !gate.isBlocked else { return refusals.blocked }
        let isWithholding = gate.isWithholding
        guard isWithholding || Self.mayHide(request), let subject = PinnedName(request) else { return nil }
        if let hidden = HiddenCharacters.first(in: subject.name.text) {
            return refusals.hidden(hidden, in: subject.kind)
        }
        guard isWithholding else { return nil }
        return state.withLock { state in
            guard state.pins.withholds(subject, on: key) else { return nil }
            return state.pins.isShownOtherwise(subject) ? refusals.withheld(subject) : refusals.gone(subject)
        }
    }

    /// Tells whether a name may have characters that nobody sees: only other scripts and escapes can.
    private static func mayHide(_ request: Message) -> Bool {
        guard let name = request.view(request.envelope.name) else { return false }
        return !name.isPlain
    }

    /// Says why a request is not passed on that needs lists which could not be read; nil where there are none.
    func refusal(without unread: [PinKind: String]) -> Refusal? { unread.isEmpty ? nil : refusals.unread(unread) }

    // MARK: Lists

    /// Holds a page, that a client is about to see, against what was approved.
    ///
    /// - Parameters:
    ///   - key: On which connection it came.
    ///   - isFirst: Whether it is the first page.
    /// - Throws: Why nothing of it may be seen.
    func judge(
        _ kind: PinKind, in answer: Message, isFirst: Bool, on key: ConnectionKey
    ) throws(Refusal) -> Page {
        guard !gate.isOff, let result = answer.view(answer.envelope.result) else { return Page() }
        let isStrict = gate.needsLists
        if isStrict, let fault = answer.faultAroundResult { throw refusals.ambiguous(CatalogKind(kind), fault) }
        let clean = state.withLock { state in
            state.pins.mayPassAgain(on: key) ? state.clean.first { $0.kind == kind && $0.result == result.bytes } : nil
        }
        if let clean { return Page(isWhole: isFirst && clean.isLast) }
        if isStrict, let fault = result.fault(ofList: CatalogKind(kind)) {
            throw refusals.ambiguous(CatalogKind(kind), fault)
        }
        let isLast = result["nextCursor"] == nil
        var page = Page(isWhole: isFirst && isLast)
        guard let list = result[CatalogKind(kind).member] else { return page }
        var (listed, places) = ([PinState.Listed](), [Int]())
        var place = 0
        list.forEachElement { element in
            defer { place += 1 }
            guard let name = element["name"]?.string else {
                if isStrict { page.withheld.insert(place) }
                return
            }
            if HiddenCharacters.first(in: name) != nil {
                page.withheld.insert(place)
                note(unseeable: PinnedName(kind, ByteText(name)))
            } else {
                let digest = PinnedDefinition(kind, element).digest
                listed.append(.init(name: ByteText(name), digest: digest, entry: element))
                places.append(place)
            }
        }
        judge(kind, listed, isWhole: page.isWhole, on: key)
        state.withLock { state in
            for (place, entry) in zip(places, listed)
            where state.pins.withholds(kind, entry.name, entry.digest) {
                page.withheld.insert(place)
            }
            if page.withheld.isEmpty, !state.pins.hasChanges || !state.pins.mode.withholds {
                if state.clean.count >= Self.maximumCleanPages { state.clean.removeFirst() }
                state.clean.append(CleanPage(kind: kind, result: result.bytes, isLast: isLast))
            }
        }
        return page
    }

    /// Takes a list as it was read.
    ///
    /// - Parameter isWhole: Whether it was read to its end.
    /// - Returns: Whether something was found in it that makes what was known before old, so that `edition` is the next one.
    func judge(_ list: CatalogList, isWhole: Bool, on key: ConnectionKey) -> Bool {
        guard !gate.isOff, let kind = PinKind(list.kind) else { return false }
        let listed = list.entries.compactMap { entry -> PinState.Listed? in
            guard !entry.hasHiddenCharacters else {
                note(unseeable: PinnedName(kind, entry.key))
                return nil
            }
            let view = list.view(entry)
            return .init(
                name: entry.key, digest: entry.digest ?? PinnedDefinition(kind, view).digest, entry: view)
        }
        return judge(kind, listed, isWhole: isWhole, on: key)
    }

    @discardableResult
    private func judge(_ kind: PinKind, _ listed: [PinState.Listed], isWhole: Bool, on key: ConnectionKey) -> Bool {
        let (judgement, mode, listeners) = state.withLock { state in
            let wasBlocked = state.pins.isBlocked
            let judgement = state.pins.judge(kind, listed, isWhole: isWhole, on: key)
            if judgement.isDifferent { state.clean = [] }
            gate.publish(state.pins)
            if judgement.makesOld { gate.makeOld() }
            // What of a list is withheld, its clients learn with the list; that a server is blocked, all of them.
            let concernsAll = state.pins.isBlocked != wasBlocked
            return (judgement, state.pins.mode, concernsAll ? Array(state.listeners.values) : [])
        }
        log.tell(judgement.news, mode)
        if judgement.hasLearnt || judgement.isDifferent { changed() }
        tell(listeners)
        return judgement.makesOld
    }

    /// Notes why a list could not be read on a connection where somebody needs it, in words; nil when it was.
    func note(unread why: String?, _ kind: PinKind, on key: ConnectionKey) {
        let isNews = state.withLock { state in
            var all = state.unread[key] ?? [:]
            let before = all[kind]
            all[kind] = why
            state.unread[key] = all.isEmpty ? nil : all
            return before != why
        }
        if isNews, let why, gate.needsLists { log.tell(unread: kind, why) }
    }

    /// Of what something is shown that nobody has approved.
    package var changedSubjects: Set<PinnedName> { state.withLock { $0.pins.changedSubjects } }

    /// What was listed otherwise than it was approved, and is nowhere listed so any more; where it is not listed as it was
    /// approved, calls of it are refused.
    package var gone: [PinnedName] { state.withLock { $0.pins.mode.withholds ? $0.pins.gone : [] } }

    /// What could not be read, and why, in words: a line for each list.
    package var unread: [String] {
        let all = state.withLock { state in
            state.unread.values.flatMap { $0.map { PinRefusals.words([$0.key: $0.value]) } }
        }
        return Set(all.map(ByteText.init)).map(\.text).sorted()
    }

    /// Tells whether an entry of a catalog is kept from clients.
    func withholds(_ entry: CatalogList.Entry, of list: CatalogKind) -> Bool {
        guard !gate.isOff else { return false }
        if entry.hasHiddenCharacters { return true }
        guard gate.needsLists else { return false }
        guard let kind = PinKind(list), let digest = entry.digest else { return gate.isBlocked }
        return state.withLock { $0.pins.withholds(kind, entry.key, digest) }
    }

    /// Says why an entry of a catalog may not be used; nil when it may, or nobody may know of it.
    func refusal(of entry: CatalogList.Entry, in list: CatalogKind) -> Refusal? {
        guard !entry.hasHiddenCharacters, let kind = PinKind(list), withholds(entry, of: list) else { return nil }
        return gate.isBlocked ? refusals.blocked : refusals.withheld(PinnedName(kind, entry.key))
    }

    /// A connection has ended.
    func ended(_ key: ConnectionKey) {
        tell(
            state.withLock { state in
                state.unread[key] = nil
                guard state.pins.ended(key) else { return [] }
                gate.publish(state.pins)
                return state.pins.mode == .block ? Array(state.listeners.values) : []
            })
    }

    private func note(unseeable subject: PinnedName) {
        let isNew = state.withLock { state in
            state.unseeable.count < Self.maximumUnseeable && state.unseeable.insert(subject).inserted
        }
        if isNew { changed() }
    }

    /// What the server has under names with characters that nobody sees, so that it is not offered.
    var unseeable: [PinnedName] {
        state.withLock { $0.unseeable.sorted() }
    }

    // MARK: The operator

    /// What is shown and was not approved, why it is not known what was, and how often something has changed.
    package var report: (mode: PinMode, changes: [PinChange], fault: String?, changeCount: Int) {
        state.withLock { ($0.pins.mode, $0.pins.changes, $0.pins.fault, $0.pins.changeCount) }
    }

    /// Approves what the server shows now. Who approves all of it approves as well that what it shows no more is forgotten
    /// where the record has no room else.
    ///
    /// - Parameters:
    ///   - subjects: What of it; nil for all.
    ///   - digests: As it was seen by whoever approves; nil for whatever it is by now.
    /// - Returns: What was approved: less than was meant where the record has no room for it.
    package func approve(_ subjects: Set<PinnedName>?, _ digests: Set<PinDigest>? = nil) -> [PinChange] {
        let (approved, listeners) = state.withLock { state in
            let approved = state.pins.approve(subjects, digests)
            state.clean = []
            gate.publish(state.pins)
            return (approved, Array(state.listeners.values))
        }
        changed()
        tell(listeners)
        return approved
    }
}
