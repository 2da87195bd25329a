import MCPCore
import MCPValues
import ToolPins

/// What of one server was approved, and what it shows beside that on each of its connections.
///
/// A value: lists go in, and what has to be told comes out.
struct PinState {
    /// A definition as it stands in a list.
    struct Listed {
        let name: ByteText
        let digest: PinDigest
        /// The entry, from which its definition is made where that has to be kept or told.
        let entry: JSONView
    }

    private struct Shown: Hashable {
        let subject: PinnedName
        let digest: PinDigest
    }

    /// What came of a list.
    struct Judgement {
        /// Definitions that nobody has approved, and that were not known before.
        var news: [PinChange] = []
        /// Whether something counts as approved because it was seen for the first time.
        var hasLearnt = false
        /// Whether other things are changed than before.
        var isDifferent = false
    }

    private(set) var record: PinRecord
    /// Why it is not known what was approved, in words; nil when it is.
    private(set) var fault: String?
    var mode: PinMode
    /// How often something was shown that was not approved.
    private(set) var changeCount = 0
    private var changesShown: [Shown: PinChange] = [:]
    /// By the connections whose lists are known.
    private var shown: [ConnectionKey: Set<Shown>] = [:] {
        didSet { changedNames = shown.filter { !$0.value.isEmpty }.mapValues { Set($0.map(\.subject)) } }
    }
    /// What of it has changed, by name, for calls.
    private var changedNames: [ConnectionKey: Set<PinnedName>] = [:]

    init(_ record: PinRecord, _ mode: PinMode, fault: String? = nil) {
        self.record = record
        self.mode = mode
        self.fault = fault
    }

    /// Whether anything is shown at the moment that nobody has approved.
    var hasChanges: Bool { !changesShown.isEmpty }

    /// What is shown at the moment and nobody has approved, in a stable order.
    var changes: [PinChange] {
        changesShown.values.sorted {
            ($0.subject, $0.definition.digest.hex) < ($1.subject, $1.definition.digest.hex)
        }
    }

    // MARK: What is withheld

    /// Whether nothing of the server may be used.
    var isBlocked: Bool { mode == .block && withholdsSomething }

    /// Whether calls have to be looked at one by one.
    var withholdsSomething: Bool { mode.withholds && (fault != nil || !changesShown.isEmpty) }

    /// Whether a definition is kept from clients.
    func withholds(_ kind: PinKind, _ name: ByteText, _ digest: PinDigest) -> Bool {
        guard mode.withholds else { return false }
        if isBlocked || fault != nil { return true }
        return switch record.verdict(kind, name, digest) {
        case .accepted: false
        case .changed: true
        case .new: mode == .block && record.isEstablished(kind)
        }
    }

    /// Whether something may not be used, by its name, where a connection shows it as nobody has approved it.
    func withholds(_ subject: PinnedName, on key: ConnectionKey) -> Bool {
        guard withholdsSomething else { return false }
        if isBlocked || fault != nil { return true }
        return changedNames[key]?.contains(subject) ?? false
    }

    // MARK: Lists

    /// Takes what a list holds.
    ///
    /// - Parameters:
    ///   - isWhole: Whether these are all pages of it.
    ///   - key: On which connection it was shown.
    mutating func judge(_ kind: PinKind, _ list: [Listed], isWhole: Bool, on key: ConnectionKey) -> Judgement {
        var judgement = Judgement()
        var deviating: Set<Shown> = []
        for listed in list where !accepts(kind, listed, &judgement) {
            deviating.insert(note(kind, listed, &judgement))
        }
        if isWhole, !isUntrusting, !record.isEstablished(kind) {
            record.establish(kind)
            judgement.hasLearnt = true
        }
        let names = Set(list.map(\.name))
        let kept = (shown[key] ?? []).filter { old in
            old.subject.kind != kind || !isWhole && !names.contains(old.subject.name)
        }
        shown[key] = kept.union(deviating)
        judgement.isDifferent = forgetWhatIsGone() || !judgement.news.isEmpty
        return judgement
    }

    /// Whether what was approved is not known, and matters.
    var isUntrusting: Bool { fault != nil && mode.withholds }

    private mutating func accepts(_ kind: PinKind, _ listed: Listed, _ judgement: inout Judgement) -> Bool {
        if isUntrusting { return false }
        switch record.verdict(kind, listed.name, listed.digest) {
        case .accepted: return true
        case .changed: return false
        case .new:
            if mode == .block, record.isEstablished(kind) { return false }
            record.accept(kind, listed.name, PinnedDefinition(kind, listed.entry), replacing: false)
            judgement.hasLearnt = true
            return true
        }
    }

    private mutating func note(_ kind: PinKind, _ listed: Listed, _ judgement: inout Judgement) -> Shown {
        let subject = PinnedName(kind, listed.name)
        let shown = Shown(subject: subject, digest: listed.digest)
        guard changesShown[shown] == nil else { return shown }
        let change = PinChange(
            subject: subject, definition: PinnedDefinition(kind, listed.entry),
            approved: record.accepted(kind, listed.name).first)
        changesShown[shown] = change
        changeCount += 1
        judgement.news.append(change)
        return shown
    }

    /// A connection has ended: what it alone has shown is not there any more. Returns whether there was something.
    mutating func ended(_ key: ConnectionKey) -> Bool {
        guard let own = shown.removeValue(forKey: key), !own.isEmpty else { return false }
        return forgetWhatIsGone()
    }

    private mutating func forgetWhatIsGone() -> Bool {
        guard !changesShown.isEmpty else { return false }
        let present = shown.values.reduce(into: Set()) { $0.formUnion($1) }
        let gone = changesShown.keys.filter { !present.contains($0) }
        for shown in gone { changesShown[shown] = nil }
        return !gone.isEmpty
    }

    // MARK: Approval

    /// Approves what is shown now.
    ///
    /// - Parameters:
    ///   - subjects: What of it; nil for all.
    ///   - digests: As it was seen by whoever approves; nil for whatever it is by now.
    /// - Returns: What was approved.
    mutating func approve(_ subjects: Set<PinnedName>?, _ digests: Set<PinDigest>?) -> [PinChange] {
        let approved = changes.filter { change in
            subjects?.contains(change.subject) ?? true && digests?.contains(change.definition.digest) ?? true
        }
        var seen: Set<PinnedName> = []
        for change in approved {
            let isFirst = seen.insert(change.subject).inserted
            record.accept(
                change.subject.kind, change.subject.name, change.definition,
                replacing: isFirst && isShownToAll(change.subject))
        }
        let done = Set(approved.map { Shown(subject: $0.subject, digest: $0.definition.digest) })
        shown = shown.mapValues { $0.subtracting(done) }
        _ = forgetWhatIsGone()
        if subjects == nil, changesShown.isEmpty, fault != nil {
            fault = nil
            for kind in PinKind.allCases { record.establish(kind) }
        }
        return approved
    }

    /// Whether no connection shows it as it was approved before. Where one does, both count: a server may show different
    /// people different things.
    private func isShownToAll(_ subject: PinnedName) -> Bool {
        shown.values.allSatisfy { own in own.contains { $0.subject == subject } }
    }
}
