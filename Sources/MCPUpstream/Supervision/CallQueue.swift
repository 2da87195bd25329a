import NIOCore

/// A call that could not be sent yet.
struct QueuedCall {
    let id: Int64
    let receiver: any ExchangeReceiver
    let queuedAt: NIODeadline
    let mayBeRepeated: Bool
}

/// The calls that wait until their server is ready, in order.
struct CallQueue {
    private var calls: [QueuedCall] = []

    var isEmpty: Bool { calls.isEmpty }
    var count: Int { calls.count }

    /// The call that is sent next.
    var first: QueuedCall? { calls.first }

    mutating func append(_ call: QueuedCall) { calls.append(call) }

    mutating func putFirst(_ call: QueuedCall) { calls.insert(call, at: 0) }

    mutating func takeFirst() -> QueuedCall? { calls.isEmpty ? nil : calls.removeFirst() }

    /// Returns whether the call was waiting.
    mutating func remove(_ id: Int64) -> Bool {
        guard let index = calls.firstIndex(where: { $0.id == id }) else { return false }
        calls.remove(at: index)
        return true
    }

    /// Returns the next call that goes with what was refused.
    ///
    /// - Parameter orNothing: Whether one is meant, too, that has nothing of its own.
    mutating func takeNext(bringing refused: BroughtFields?, orNothing: Bool) -> QueuedCall? {
        calls.firstIndex { call in call.receiver.brought.map { $0 == refused } ?? orNothing }.map {
            calls.remove(at: $0)
        }
    }

    /// Returns the next call that has waited since before then.
    mutating func takeExpired(since oldest: NIODeadline) -> QueuedCall? {
        calls.firstIndex { $0.queuedAt < oldest }.map { calls.remove(at: $0) }
    }
}
