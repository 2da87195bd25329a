import Synchronization

/// A number that only grows.
package final class Counter: Sendable {
    private let number = Atomic<UInt64>(0)

    package init() {}

    package func add(_ more: Int = 1) { number.add(UInt64(max(0, more)), ordering: .relaxed) }

    package var current: UInt64 { number.load(ordering: .relaxed) }
}

/// What was read from one side, and written to it, in bytes.
package struct Traffic: Sendable {
    package let read = Counter()
    package let written = Counter()

    package init() {}
}
