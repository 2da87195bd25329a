/// The clients that have calls in flight on a connection. To note a call costs the same however many there are.
struct ActiveCallers {
    private struct Entry {
        let caller: any Caller
        /// Tells who began first.
        let number: Int
        var calls = 0
        /// How many questions were put to it during them.
        var questions = 0
        /// Whether log messages that name no call may be for it.
        var hearsLogMessages = false
    }

    private var entries: [ObjectIdentifier: Entry] = [:]
    private var lastNumber = 0

    /// All of them, in no order.
    var all: [any Caller] { entries.values.map(\.caller) }

    /// The only one that log messages which name no call may be for; nil when there is none, or more than one.
    var onlyListener: (any Caller)? {
        var found: (any Caller)?
        for entry in entries.values where entry.hearsLogMessages {
            guard found == nil else { return nil }
            found = entry.caller
        }
        return found
    }

    mutating func began(_ caller: any Caller, hearsLogMessages: Bool) {
        let id = ObjectIdentifier(caller)
        lastNumber += 1
        var entry = entries[id] ?? Entry(caller: caller, number: lastNumber)
        entry.calls += 1
        entry.hearsLogMessages = entry.hearsLogMessages || hearsLogMessages
        entries[id] = entry
    }

    mutating func ended(_ caller: any Caller) {
        let id = ObjectIdentifier(caller)
        guard let calls = entries[id]?.calls else { return }
        if calls > 1 { entries[id]?.calls = calls - 1 } else { entries[id] = nil }
    }

    /// The one of a client that was asked least during its calls, or of several the first, which counts as asked now.
    mutating func ask(_ identity: CallerIdentity) -> (any Caller)? {
        let meant = entries.values.filter { $0.caller.identity == identity }
        guard let least = meant.min(by: { ($0.questions, $0.number) < ($1.questions, $1.number) }) else { return nil }
        entries[ObjectIdentifier(least.caller)]?.questions += 1
        return least.caller
    }
}
