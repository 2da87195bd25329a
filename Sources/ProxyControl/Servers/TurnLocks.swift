/// Lets changes of one name come one after another. Confined to the actor that owns it.
struct TurnLocks {
    /// Who waits for a name that is taken, in order.
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    /// Whether the name was free, and is taken now.
    mutating func take(_ name: String) -> Bool {
        guard waiting[name] == nil else { return false }
        waiting[name] = []
        return true
    }

    /// Resumes the continuation when its turn has come.
    mutating func wait(for name: String, _ turn: CheckedContinuation<Void, Never>) {
        waiting[name, default: []].append(turn)
    }

    /// Gives the name to who waits longest for it.
    mutating func give(_ name: String) {
        guard var turns = waiting[name], !turns.isEmpty else {
            waiting[name] = nil
            return
        }
        let next = turns.removeFirst()
        waiting[name] = turns
        next.resume()
    }
}
