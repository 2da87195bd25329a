package import Logging
import MCPCore
package import MCPValues
import NIOCore
import Synchronization
package import ToolPins

/// What clients may see and use of one server, by what of it was approved: the first that was seen of each tool and
/// prompt, or what somebody has approved since. Outlives the connections, and the settings, of the server.
package final class PinnedServer: Sendable {
    private enum Gate {
        /// Nothing is looked at.
        static let off = 0
        /// Calls pass.
        static let open = 1
        /// Before calls pass, lists have to be known.
        static let judging = 2
        /// As before, and some calls are refused.
        static let withholding = 3
    }

    /// A page that clients may see as it is.
    private struct CleanPage {
        let kind: PinKind
        let result: ByteBuffer
    }

    private struct State {
        var pins: PinState
        /// The last ones that passed, so that the same list again costs a comparison.
        var clean: [CleanPage] = []
        var listeners: [ObjectIdentifier: @Sendable () -> Void] = [:]
        /// What the server has under names with characters that nobody sees, so that it is not offered.
        var unseeable: Set<PinnedName> = []
    }

    private static let maximumCleanPages = 4
    private static let maximumUnseeable = 100

    /// The server's key in the configuration.
    package let name: String
    private let logger: Logger
    private let state: Mutex<State>
    private let gate = Atomic(Gate.off)
    /// Keeps what was learnt or approved.
    private let changed: @Sendable () -> Void

    /// - Parameters:
    ///   - fault: Why it is not known what was approved, in words; nil when it is.
    ///   - changed: Is called, from anywhere, when something else counts as approved than before.
    package init(
        _ name: String, _ record: PinRecord = PinRecord(), mode: PinMode, fault: String? = nil, logger: Logger,
        changed: @escaping @Sendable () -> Void = {}
    ) {
        self.name = name
        self.logger = logger
        self.changed = changed
        state = Mutex(State(pins: PinState(record, mode, fault: fault)))
        state.withLock { publish($0.pins) }
    }

    /// What of a server is to be approved before it is used, from now on.
    package func take(_ mode: PinMode) {
        tell(
            state.withLock { state in
                guard state.pins.mode != mode else { return [] }
                state.pins.mode = mode
                state.clean = []
                publish(state.pins)
                return Array(state.listeners.values)
            })
    }

    private func publish(_ pins: PinState) {
        let now =
            switch pins.mode {
            case .off: Gate.off
            case .warn: Gate.open
            case .quarantine, .block: pins.withholdsSomething ? Gate.withholding : Gate.judging
            }
        gate.store(now, ordering: .releasing)
    }

    /// Calls back, from anywhere, when other things are withheld than before without a list having changed.
    func listen(_ listener: ObjectIdentifier, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.listeners[listener] = body }
    }

    func leave(_ listener: ObjectIdentifier) { state.withLock { $0.listeners[listener] = nil } }

    private func tell(_ listeners: [@Sendable () -> Void]) { for listener in listeners { listener() } }

    /// Whether nothing of the server may be used.
    var isBlocked: Bool { gate.load(ordering: .acquiring) == Gate.withholding && state.withLock { $0.pins.isBlocked } }

    /// Whether it is held to what is not known any more.
    var isHeldToLost: Bool { state.withLock { $0.pins.isUntrusting } }

    package var record: PinRecord { state.withLock { $0.pins.record } }

    // MARK: Calls

    /// Whether lists have to be known on a connection before anything is asked on it.
    var needsLists: Bool { gate.load(ordering: .acquiring) >= Gate.judging }

    private var isOff: Bool { gate.load(ordering: .acquiring) == Gate.off }

    /// Why a request is not passed on; nil when it is.
    ///
    /// - Parameter key: On which connection it would go.
    func refusal(of request: Message, on key: ConnectionKey) -> Refusal? {
        let gate = gate.load(ordering: .acquiring)
        guard gate != Gate.off else { return nil }
        let isWithholding = gate == Gate.withholding
        guard isWithholding || Self.mayHide(request) else { return nil }
        guard let subject = Self.subject(of: request) else {
            return isWithholding && state.withLock({ $0.pins.isBlocked }) ? blocked : nil
        }
        if let hidden = HiddenCharacters.first(in: subject.name.text) {
            return Refusal(.invalidParams, "Unknown \(subject.kind.rawValue): \(Self.words(hidden))")
        }
        guard isWithholding else { return nil }
        return state.withLock { state in
            if state.pins.isBlocked { return blocked }
            return state.pins.withholds(subject, on: key) ? withheld(subject) : nil
        }
    }

    private static func words(_ hidden: Unicode.Scalar) -> String {
        "its name has a character that nobody sees, \(HiddenCharacters.code(hidden))"
    }

    /// Whether a name may have characters that nobody sees: only other scripts and escapes can.
    private static func mayHide(_ request: Message) -> Bool {
        guard let range = request.envelope.name else { return false }
        return request.view(range)?.bytes.readableBytesView.contains { $0 >= 0x7F || $0 == UInt8(ascii: "\\") } ?? false
    }

    private static func subject(of request: Message) -> PinnedName? {
        switch request.method {
        case .toolsCall: name(.tool, request.view(request.envelope.name))
        case .promptsGet: name(.prompt, request.view(request.envelope.name))
        case .completionComplete: name(.prompt, request.params?["ref"]?["name"])
        default: nil
        }
    }

    private static func name(_ kind: PinKind, _ view: JSONView?) -> PinnedName? {
        view?.string.map { PinnedName(kind, ByteText($0)) }
    }

    private func withheld(_ subject: PinnedName) -> Refusal {
        let shown = PrintableText.make(subject.name.text, maximumBytes: 128)
        return Refusal(
            .notApproved,
            "\(subject.kind.rawValue) \"\(shown)\" of server \"\(name)\" is not what was approved, and is withheld until the "
                + "operator approves it: mcp-proxy pins diff \(name)")
    }

    private var blocked: Refusal {
        Refusal(
            .notApproved,
            "server \"\(name)\" shows tools or prompts that are not what was approved, and is blocked until the operator "
                + "approves them: mcp-proxy pins diff \(name)")
    }

    /// Why a request is not passed on of which it cannot be known whether it is about what was approved; nil for others.
    ///
    /// - Parameter unread: The lists that the server has and does not give.
    func refusal(of request: Message, without unread: Set<CatalogKind>) -> Refusal? {
        guard !unread.isEmpty else { return nil }
        let isBlocking = state.withLock { $0.pins.mode == .block }
        guard isBlocking || Self.subject(of: request).map({ unread.contains(CatalogKind($0.kind)) }) ?? false else {
            return nil
        }
        return Refusal(
            .notApproved,
            "what server \"\(name)\" lists could not be read, so that it is not known whether it is what was approved; try "
                + "again in a moment")
    }

    // MARK: Lists

    /// Which entries of a page are kept from clients, by their places.
    ///
    /// - Parameters:
    ///   - key: On which connection it came.
    ///   - isFirst: Whether it is the first page.
    func withheld(_ kind: PinKind, of result: JSONView, isFirst: Bool, on key: ConnectionKey) -> Set<Int> {
        guard !isOff else { return [] }
        if state.withLock({ $0.clean.contains { $0.kind == kind && $0.result == result.bytes } }) { return [] }
        guard let list = result[CatalogKind(kind).member] else { return [] }
        let isWhole = isFirst && result["nextCursor"] == nil
        var (listed, places, hidden) = ([PinState.Listed](), [Int](), Set<Int>())
        for (place, element) in list.elements.enumerated() {
            guard let name = element["name"]?.string else { continue }
            if HiddenCharacters.first(in: name) != nil {
                hidden.insert(place)
                note(unseeable: PinnedName(kind, ByteText(name)))
            } else {
                let digest = PinnedDefinition(kind, element).digest
                listed.append(.init(name: ByteText(name), digest: digest, entry: element))
                places.append(place)
            }
        }
        judge(kind, listed, isWhole: isWhole, on: key)
        return state.withLock { state in
            for (place, entry) in zip(places, listed)
            where state.pins.withholds(kind, entry.name, entry.digest) {
                hidden.insert(place)
            }
            if hidden.isEmpty, !state.pins.hasChanges || !state.pins.mode.withholds {
                if state.clean.count >= Self.maximumCleanPages { state.clean.removeFirst() }
                state.clean.append(CleanPage(kind: kind, result: result.bytes))
            }
            return hidden
        }
    }

    /// Takes a whole list as it was read.
    func judge(_ list: CatalogList, on key: ConnectionKey) {
        guard !isOff, let kind = PinKind(list.kind) else { return }
        let listed = list.entries.compactMap { entry -> PinState.Listed? in
            guard !entry.hasHiddenCharacters else {
                note(unseeable: PinnedName(kind, entry.key))
                return nil
            }
            let view = list.view(entry)
            return .init(
                name: entry.key, digest: entry.digest ?? PinnedDefinition(kind, view).digest, entry: view)
        }
        judge(kind, listed, isWhole: true, on: key)
    }

    private func judge(_ kind: PinKind, _ listed: [PinState.Listed], isWhole: Bool, on key: ConnectionKey) {
        let (judgement, mode, listeners) = state.withLock { state in
            let judgement = state.pins.judge(kind, listed, isWhole: isWhole, on: key)
            if judgement.isDifferent { state.clean = [] }
            publish(state.pins)
            // What of a list is withheld, its clients learn with the list; that a server is blocked, all of them.
            let concernsAll = judgement.isDifferent && state.pins.mode == .block
            return (judgement, state.pins.mode, concernsAll ? Array(state.listeners.values) : [])
        }
        for change in judgement.news { log(change, mode) }
        if judgement.hasLearnt || judgement.isDifferent { changed() }
        tell(listeners)
    }

    /// Whether an entry of a catalog is kept from clients.
    func withholds(_ entry: CatalogList.Entry, of list: CatalogKind) -> Bool {
        guard !isOff else { return false }
        if entry.hasHiddenCharacters { return true }
        guard needsLists else { return false }
        guard let kind = PinKind(list), let digest = entry.digest else { return isBlocked }
        return state.withLock { $0.pins.withholds(kind, entry.key, digest) }
    }

    /// A connection has ended.
    func ended(_ key: ConnectionKey) {
        tell(
            state.withLock { state in
                guard state.pins.ended(key) else { return [] }
                publish(state.pins)
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

    private func log(_ change: PinChange, _ mode: PinMode) {
        let lines = change.lines.prefix(20).joined(separator: "; ")
        let consequence =
            switch mode {
            case .off, .warn: "it is passed on (pin: warn)"
            case .quarantine: "it is withheld until it is approved"
            case .block: "the server is blocked until it is approved"
            }
        logger.warning(
            "what a server shows is not what was approved; \(consequence)",
            metadata: [
                "server": "\(name)", "\(change.subject.kind.rawValue)": "\(change.subject.name.text)",
                "diff": "\(lines)",
            ])
    }

    // MARK: The operator

    /// What is shown and was not approved, why it is not known what was, and how often something has changed.
    package var report: (mode: PinMode, changes: [PinChange], fault: String?, changeCount: Int) {
        state.withLock { ($0.pins.mode, $0.pins.changes, $0.pins.fault, $0.pins.changeCount) }
    }

    /// Approves what the server shows now.
    ///
    /// - Parameters:
    ///   - subjects: What of it; nil for all.
    ///   - digests: As it was seen by whoever approves; nil for whatever it is by now.
    /// - Returns: What was approved.
    package func approve(_ subjects: Set<PinnedName>?, _ digests: Set<PinDigest>? = nil) -> [PinChange] {
        let (approved, listeners) = state.withLock { state in
            let approved = state.pins.approve(subjects, digests)
            state.clean = []
            publish(state.pins)
            return (approved, Array(state.listeners.values))
        }
        changed()
        tell(listeners)
        return approved
    }
}
