import MCPCore
import MCPValues
import ToolPins

/// Keeps what of one server was approved, and what it shows beside that on each of its connections.
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

    /// Holds what nobody has approved.
    private struct Deviation {
        let change: PinChange
        /// How many connections show it.
        var connections = 0
    }

    /// Holds what came of a list.
    struct Judgement {
        /// Definitions that nobody has approved, of names of which nothing else was known that nobody has approved.
        var news: [PinChange] = []
        /// Whether a definition was found that was not known before and nobody has approved.
        fileprivate var hasMore = false
        /// Whether something is what was approved again.
        fileprivate var isTakenBack = false
        /// Whether something counts as approved because it was seen for the first time.
        var hasLearnt = false
        /// Whether other things are changed than before.
        var isDifferent = false
        /// Whether a page shows something as it was approved that has changed elsewhere: whole lists have to tell.
        var isInDoubt = false

        /// Whether what was known of other lists of the server may be old.
        var makesOld: Bool { !news.isEmpty || isTakenBack || isInDoubt }
    }

    private(set) var record: PinRecord
    /// Why it is not known what was approved, in words; nil when it is.
    private(set) var fault: String?
    var mode: PinMode
    /// How often something was shown that was not approved.
    private(set) var changeCount = 0
    private var deviations: [Shown: Deviation] = [:]
    /// By the connections whose lists are known.
    private var shown: [ConnectionKey: Set<Shown>] = [:]
    /// What of it has changed, by name, for calls.
    private var changedNames: [ConnectionKey: Set<PinnedName>] = [:]
    private var suspects = SuspectNames()
    /// What connections list under a kind for which the record has no room, so that it can be told what is gone.
    private var listedWhenFull: [PinKind: [ConnectionKey: Set<ByteText>]] = [:]

    init(_ record: PinRecord, _ mode: PinMode, fault: String? = nil) {
        self.record = record
        self.mode = mode
        self.fault = fault
    }

    /// Tells whether a connection shows something that nobody has approved.
    ///
    /// - Parameter kind: nil for any.
    func hasChanges(_ kind: PinKind?, on key: ConnectionKey) -> Bool {
        changedNames[key]?.contains { kind == nil || $0.kind == kind } ?? false
    }

    /// Whether anything is shown at the moment that nobody has approved.
    var hasChanges: Bool { !deviations.isEmpty }

    /// Of what something is shown at the moment that nobody has approved.
    var changedSubjects: Set<PinnedName> { changedNames.values.reduce(into: []) { $0.formUnion($1) } }

    private func isChanged(_ subject: PinnedName) -> Bool { changedNames.values.contains { $0.contains(subject) } }

    /// What is shown at the moment and nobody has approved, in a stable order.
    var changes: [PinChange] {
        deviations.values.map(\.change).sorted {
            $0.subject == $1.subject ? $0.definition.digest.hex < $1.definition.digest.hex : $0.subject < $1.subject
        }
    }

    // MARK: What is withheld

    /// Whether nothing of the server may be used.
    var isBlocked: Bool { mode == .block && (fault != nil || hasChanges) }

    /// Whether calls have to be looked at one by one.
    var withholdsSomething: Bool { mode.withholds && (fault != nil || hasChanges || !suspects.isEmpty) }

    /// Tells whether a definition is kept from clients.
    func withholds(_ kind: PinKind, _ name: ByteText, _ digest: PinDigest) -> Bool {
        guard mode.withholds else { return false }
        if isBlocked || fault != nil { return true }
        return switch record.verdict(kind, name, digest) {
        case .accepted: false
        case .changed: true
        case .new: mode == .block && record.isEstablished(kind)
        }
    }

    /// Tells whether something may not be used, by its name, where a connection shows it as nobody has approved it.
    func withholds(_ subject: PinnedName, on key: ConnectionKey) -> Bool {
        guard withholdsSomething else { return false }
        if isBlocked || fault != nil { return true }
        return changedNames[key]?.contains(subject) ?? false || suspects.withholds(subject, on: key)
    }

    /// Tells whether anything shows something otherwise than it was approved, or that is not known.
    func isShownOtherwise(_ subject: PinnedName) -> Bool {
        fault != nil || isChanged(subject)
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
            // Where nothing is withheld it is learnt anew, and then known.
            if PinKind.allCases.allSatisfy(record.isEstablished) { fault = nil }
        }
        // A page speaks for itself alone: another one of the same list may show the same name otherwise.
        let kept = (shown[key] ?? []).filter { !isWhole || $0.subject.kind != kind }
        judgement.isInDoubt = !isWhole && list.contains { shows($0, of: kind, as: kept, butNot: deviating) }
        noteNames(isWhole ? list : nil, of: kind, on: key)
        let before = changedNames[key] ?? []
        let isLess = show(kept.union(deviating), on: key)
        judgement.isTakenBack = !before.isSubset(of: changedNames[key] ?? [])
        judgement.isDifferent = isLess || judgement.hasMore
        if isWhole, !suspects.isEmpty {
            let names = Set(list.map { PinnedName(kind, $0.name) }).subtracting(changedNames[key] ?? [])
            suspects.clear(names, of: kind, on: key, among: shown.keys)
        }
        return judgement
    }

    /// What was listed otherwise than it was approved, and is nowhere listed so any more.
    var gone: [PinnedName] {
        suspects.all.filter { !isChanged($0) }.sorted()
    }

    /// Tells whether a page that passed before may pass on a connection without being judged once more.
    func mayPassAgain(on key: ConnectionKey) -> Bool { suspects.isEmpty && shown[key] != nil }

    /// Tells whether a page shows something as it was approved of which another one shows something else.
    private func shows(_ listed: Listed, of kind: PinKind, as others: Set<Shown>, butNot deviating: Set<Shown>) -> Bool
    {
        let subject = PinnedName(kind, listed.name)
        return !deviating.contains(Shown(subject: subject, digest: listed.digest))
            && others.contains { $0.subject == subject }
    }

    /// Notes what a connection shows from now on that nobody has approved. Returns whether something is shown no more.
    private mutating func show(_ now: Set<Shown>?, on key: ConnectionKey) -> Bool {
        let before = shown.updateValue(now ?? [], forKey: key) ?? []
        if now == nil { shown[key] = nil }
        let names = Set((now ?? []).map(\.subject))
        changedNames[key] = names.isEmpty ? nil : names
        for shown in (now ?? []) where !before.contains(shown) { deviations[shown]?.connections += 1 }
        var isLess = false
        for shown in before where !(now?.contains(shown) ?? false) {
            deviations[shown]?.connections -= 1
            guard deviations[shown]?.connections == 0 else { continue }
            deviations[shown] = nil
            isLess = true
        }
        return isLess
    }

    /// - Parameter list: All that the connection lists; nil where that is not known.
    private mutating func noteNames(_ list: [Listed]?, of kind: PinKind, on key: ConnectionKey) {
        listedWhenFull[kind, default: [:]][key] = record.hasRoom(kind) ? nil : list.map { Set($0.map(\.name)) }
    }

    /// Whether what was approved is not known, and matters.
    var isUntrusting: Bool { fault != nil && mode.withholds }

    private mutating func accepts(_ kind: PinKind, _ listed: Listed, _ judgement: inout Judgement) -> Bool {
        // What is in the record now was approved since it was lost.
        if isUntrusting { return record.verdict(kind, listed.name, listed.digest) == .accepted }
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
        guard deviations[shown] == nil else { return shown }
        let change = PinChange(
            subject: subject, definition: PinnedDefinition(kind, listed.entry),
            approved: record.accepted(kind, listed.name).first)
        let isNews = !suspects.contains(subject) && !isChanged(subject)
        // What was never approved nobody can have got used to.
        if !record.accepted(kind, listed.name).isEmpty { suspects.insert(subject) }
        deviations[shown] = Deviation(change: change)
        changeCount += 1
        judgement.hasMore = true
        if isNews { judgement.news.append(change) }
        return shown
    }

    /// A connection has ended: what it alone has shown is not there any more. Returns whether there was something.
    mutating func ended(_ key: ConnectionKey) -> Bool {
        for kind in PinKind.allCases { listedWhenFull[kind]?[key] = nil }
        suspects.ended(key)
        return show(nil, on: key)
    }

    // MARK: Approval

    /// Approves what is shown now, and releases what is gone.
    ///
    /// - Parameters:
    ///   - subjects: What of it; nil for all.
    ///   - digests: As it was seen by whoever approves; nil for whatever it is by now.
    /// - Returns: What was approved: less than was meant where the record has no room for it.
    mutating func approve(_ subjects: Set<PinnedName>?, _ digests: Set<PinDigest>?) -> [PinChange] {
        if subjects == nil { makeRoom() }
        var seen: Set<PinnedName> = []
        let approved = changes.filter { change in
            guard subjects?.contains(change.subject) ?? true,
                digests?.contains(change.definition.digest) ?? true
            else { return false }
            let isFirst = seen.insert(change.subject).inserted
            return record.accept(
                change.subject.kind, change.subject.name, change.definition,
                replacing: isFirst && isShownToAll(change.subject))
        }
        let done = Set(approved.map { Shown(subject: $0.subject, digest: $0.definition.digest) })
        for (key, own) in shown {
            let names = Set(own.intersection(done).map(\.subject))
            _ = show(own.subtracting(done), on: key)
            for subject in names.subtracting(changedNames[key] ?? []) { suspects.clear(subject, on: key) }
        }
        // Whoever names what was seen, names nothing that is gone.
        if digests?.isEmpty ?? true {
            for subject in gone where subjects?.contains(subject) ?? true { suspects.remove(subject) }
        }
        // Before a list was read there is nothing that anybody could have seen.
        if subjects == nil || !approved.isEmpty, !hasChanges, !shown.isEmpty, fault != nil {
            fault = nil
            for kind in PinKind.allCases { record.establish(kind) }
        }
        return approved
    }

    /// Whoever approves all that a server has needs no more what it has not: that goes where there is no room else.
    private mutating func makeRoom() {
        for kind in PinKind.allCases where !record.hasRoom(kind) {
            let listed = listedWhenFull[kind] ?? [:]
            // What a connection lists whose list is not known may be anything.
            guard shown.keys.allSatisfy({ listed[$0] != nil }) else { continue }
            record.drop(kind) { name in !listed.values.contains { $0.contains(name) } }
        }
    }

    /// Tells whether no connection shows it as it was approved before. Where one does, both count: a server may show
    /// different people different things.
    private func isShownToAll(_ subject: PinnedName) -> Bool {
        shown.values.allSatisfy { own in own.contains { $0.subject == subject } }
    }
}
