/// One who has calls in flight, as ``Turns`` knows it: a session, or one call of a client that has none.
protocol TurnTaker {
    associatedtype Key: Hashable
    associatedtype Client: Hashable

    /// Tells it from all others.
    var key: Key { get }
    /// The client for which it calls.
    var client: Client { get }
}

/// A caller in its turn.
struct CallerTurn: TurnTaker {
    let caller: any Caller

    init(_ caller: any Caller) {
        self.caller = caller
    }

    var key: ObjectIdentifier { ObjectIdentifier(caller) }
    var client: CallerIdentity { caller.identity }
}

/// Says whether the clients of one connection may be different people.
enum Company: Sendable {
    /// All of them act for the same person, who may see every question that one of them causes.
    case onePerson
    /// Nobody's question may be shown to another.
    case perhapsStrangers
}
