import MCPCore
import MCPUpstream

/// Decides whose calls may be in flight on a connection that several clients share, and which of the callers a question
/// is put to that came for no call.
///
/// A server over stdio asks its client things without saying for which call. Until it asks, everybody calls freely. From
/// then on clients take turns, so that a question has one possible addressee; a call that waits for its client holds no
/// turn. Whom a question is for where there are several all the same is in `Turns+Questions.swift`.
///
/// A value that has neither an event loop nor a clock: events go in, and what is to be done comes out.
struct Turns<Taker: TurnTaker, Call: AnyObject> {
    /// One who has calls in flight.
    struct Entry {
        let taker: Taker
        /// Tells who began first.
        let number: Int
        var calls = 0
        /// How many questions it has not answered yet.
        var questions = 0
        /// Whether its client has been told what to answer and has not come back yet. Then it cannot be asked.
        var isAway = false
        /// How often it has gone away, so that one absence is told from another.
        var absences = 0
        /// Tells whose client has been away longest.
        var departure = 0
        /// Whether it was told to end, because its client is away and there is no room.
        var givesWay = false
        /// Whether its client has been away so long that it may not come back.
        var staysAway = false
        /// Whether log messages that name no call may be for it.
        var hearsLogMessages = false
    }

    let company: Company
    private(set) var isTakingTurns: Bool
    private(set) var entries: [Taker.Key: Entry] = [:]
    private(set) var lastNumber = 0
    private var lastDeparture = 0
    /// How many calls hold a turn, by client.
    private var counts: [Taker.Client: Int] = [:]
    private var waiting: [(call: Call, client: Taker.Client)] = []
    /// Those whose clients have come back, but who have to wait for their turn to go on.
    private var returning: [Taker.Key] = []
    /// The questions that are open, by ticket. Those that came for no call and no caller has yet wait here, too.
    var questions: [Int: Asked] = [:]
    /// Those of them that may be given to a caller, and have none.
    var unplaced: Set<Int> = []
    var lastTicket = 0

    /// - Parameter isTakingTurns: Whether it is known that the server asks.
    init(_ company: Company, isTakingTurns: Bool) {
        self.company = company
        self.isTakingTurns = isTakingTurns
    }

    /// How many calls wait for their turn.
    var waitingCalls: Int { waiting.count }

    /// Everybody who has calls in flight, in no order.
    var takers: [Taker] { entries.values.map(\.taker) }

    /// The only one that log messages which name no call may be for; nil when there is none, or more than one.
    var onlyListener: Taker? {
        var found: Taker?
        for entry in entries.values where entry.hearsLogMessages {
            guard found == nil else { return nil }
            found = entry.taker
        }
        return found
    }

    // MARK: Calls

    /// The server asks: from now on clients take turns.
    mutating func begin() {
        isTakingTurns = true
    }

    /// Tells whether a call may be sent now; else it waits, until ``next()`` gives it out.
    mutating func mayStart(_ call: Call, of client: Taker.Client) -> Bool {
        guard isTakingTurns, !mayStart(client) else { return true }
        waiting.append((call, client))
        return false
    }

    private func mayStart(_ client: Taker.Client) -> Bool {
        guard isFree(for: client) else { return false }
        // Who has the turn keeps it only as long as nobody else waits, unless it is being asked something: the answer may
        // depend on this very call.
        return waiting.isEmpty
            || entries.values.contains { $0.taker.client == client && $0.questions > 0 && !$0.isAway }
    }

    private func isFree(for client: Taker.Client) -> Bool {
        counts.isEmpty || (counts.count == 1 && counts[client] != nil)
    }

    /// Takes out the call whose turn it is, if there is one.
    mutating func next() -> Call? {
        guard let first = waiting.first, isFree(for: first.client) else { return nil }
        waiting.removeFirst()
        return first.call
    }

    /// Returns whether the call was still waiting for its turn.
    mutating func stopWaiting(_ call: Call) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.call === call }) else { return false }
        waiting.remove(at: index)
        return true
    }

    mutating func started(_ taker: Taker, hearsLogMessages: Bool) {
        let key = taker.key
        var entry = entries[key] ?? newEntry(taker)
        entry.calls += 1
        entry.hearsLogMessages = entry.hearsLogMessages || hearsLogMessages
        entries[key] = entry
        if !entry.isAway { counts[taker.client, default: 0] += 1 }
    }

    private mutating func newEntry(_ taker: Taker) -> Entry {
        lastNumber += 1
        var entry = Entry(taker: taker, number: lastNumber)
        // It may have been asked before it called.
        if !questions.isEmpty { entry.questions = questions.values.count { $0.holder == taker.key } }
        return entry
    }

    mutating func ended(_ taker: Taker) {
        let key = taker.key
        guard var entry = entries[key] else { return }
        if !entry.isAway { count(taker.client, -1) }
        entry.calls -= 1
        entries[key] = entry.calls > 0 ? entry : nil
    }

    // MARK: Clients that are away

    /// The client of a call was told what to answer; until it comes back, its call holds no turn.
    ///
    /// - Returns: a name for this absence, to be told by when it has lasted long: nil where that makes no difference.
    mutating func left(_ key: Taker.Key) -> Int? {
        lastDeparture += 1
        let departure = lastDeparture
        change(key) {
            $0.isAway = true
            $0.absences += 1
            $0.departure = departure
        }
        let held = questions.values.lazy.filter { $0.holder == key && !$0.isCertain }
        guard let newest = held.map(\.newest).max() else { return nil }
        let mayMove = entries.values.contains { $0.number <= newest && $0.taker.key != key }
        return mayMove ? entries[key]?.absences : nil
    }

    /// An absence has lasted so long that the client may not come back.
    mutating func staysAway(_ key: Taker.Key, absence: Int) {
        guard let entry = entries[key], entry.isAway, entry.absences == absence else { return }
        change(key) { $0.staysAway = true }
    }

    /// The client of a call has come back. Returns whether the call may go on now; else it waits, before all that have not
    /// begun yet, until ``nextBack()`` gives it out or it goes on all the same.
    mutating func comesBack(_ key: Taker.Key) -> Bool {
        guard let entry = entries[key], !isFree(for: entry.taker.client) else {
            goesOn(key)
            return true
        }
        returning.append(key)
        return false
    }

    /// Lets the call go on whose turn it is, or that has ended, if there is one.
    mutating func nextBack() -> Taker.Key? {
        let next = returning.first { key in entries[key].map { isFree(for: $0.taker.client) } ?? true }
        if let next { goesOn(next) }
        return next
    }

    /// A call goes on with what its client has brought.
    mutating func goesOn(_ key: Taker.Key) {
        returning.removeAll { $0 == key }
        change(key) {
            $0.isAway = false
            $0.staysAway = false
            $0.givesWay = false
        }
    }

    /// Chooses whose calls end because there is no room at the server for this many others: those whose clients have been
    /// away longest.
    mutating func giveWay(to count: Int) -> [Taker] {
        let away = entries.values.filter(\.isAway)
        let missing = count - away.count { $0.givesWay }
        guard missing > 0 else { return [] }
        let chosen = away.filter { !$0.givesWay }.sorted { $0.departure < $1.departure }.prefix(missing).map(\.taker)
        for taker in chosen { change(taker.key) { $0.givesWay = true } }
        return chosen
    }

    /// Changes an entry, and what follows for turns: a call whose client is away holds none, because a client that never
    /// comes back must not hold up anybody.
    mutating func change(_ key: Taker.Key, _ body: (inout Entry) -> Void) {
        guard var entry = entries[key] else { return }
        let wasAway = entry.isAway
        body(&entry)
        entries[key] = entry
        if wasAway != entry.isAway { count(entry.taker.client, wasAway ? entry.calls : -entry.calls) }
    }

    private mutating func count(_ client: Taker.Client, _ difference: Int) {
        let count = counts[client, default: 0] + difference
        counts[client] = count > 0 ? count : nil
    }
}
