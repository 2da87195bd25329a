package import Dispatch
package import NIOCore

/// An event loop that a test turns by hand: nothing runs until it says so, and time passes only when it says so.
///
/// Unlike an embedded loop, `inEventLoop` is true only while one of its tasks runs. So two of them show what
/// happens when something crosses from one event loop to another, in exactly the order that a test chooses.
///
/// Used by one test on one thread; that is what makes `@unchecked Sendable` true.
package final class ManualEventLoop: EventLoop, @unchecked Sendable {
    private struct Timer {
        let number: Int
        let deadline: NIODeadline
        let body: () -> Void
    }

    package private(set) var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private var tasks: [() -> Void] = []
    private var timers: [Timer] = []
    private var lastTimer = 0
    private var depth = 0

    package init() {}

    package var inEventLoop: Bool { depth > 0 }

    /// How many timers have been set and neither fired nor been cancelled.
    package var openTimers: Int { timers.count }

    // MARK: What a test does

    /// Runs what is due now, and what that leads to.
    package func run() {
        while !tasks.isEmpty { runNext() }
    }

    /// Runs one task that is due now.
    package func runNext() {
        guard !tasks.isEmpty else { return }
        let task = tasks.removeFirst()
        within { task() }
    }

    /// Runs something on this loop at once, then what that leads to.
    @discardableResult
    package func perform<Value>(_ body: () throws -> Value) rethrows -> Value {
        let value = try within(body)
        run()
        return value
    }

    /// Runs something on this loop at once, and leaves what it leads to for later.
    package func within<Value>(_ body: () throws -> Value) rethrows -> Value {
        depth += 1
        defer { depth -= 1 }
        return try body()
    }

    /// Lets time pass: timers fire in their order, each at its own time.
    package func advance(by amount: TimeAmount) {
        let end = now + amount
        run()
        while let next = timers.filter({ $0.deadline <= end }).min(by: isEarlier) {
            timers.removeAll { $0.number == next.number }
            now = max(now, next.deadline)
            within { next.body() }
            run()
        }
        now = end
        run()
    }

    private func isEarlier(_ left: Timer, _ right: Timer) -> Bool {
        (left.deadline, left.number) < (right.deadline, right.number)
    }

    // MARK: What production code sees

    package func execute(_ task: @escaping @Sendable () -> Void) {
        tasks.append(task)
    }

    package func scheduleTask<T>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> {
        lastTimer += 1
        let number = lastTimer
        let promise = makePromise(of: T.self)
        timers.append(
            Timer(number: number, deadline: deadline) {
                promise.assumeIsolated().completeWith(Result(catching: task))
            }
        )
        return Scheduled(promise: promise) { [weak self] in
            guard let self else { return }
            timers.removeAll { $0.number == number }
            promise.fail(EventLoopError.cancelled)
        }
    }

    package func scheduleTask<T>(in amount: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        scheduleTask(deadline: now + amount, task)
    }

    package func next() -> any EventLoop { self }

    package func makeIterator() -> EventLoopIterator { EventLoopIterator([self]) }

    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(nil) }
    }

    package func _preconditionSafeToWait(file: StaticString, line: UInt) {}

    package func _promiseCreated(futureIdentifier: _NIOEventLoopFutureIdentifier, file: StaticString, line: UInt) {}

    package func _promiseCompleted(
        futureIdentifier: _NIOEventLoopFutureIdentifier
    ) -> (file: StaticString, line: UInt)? {
        nil
    }
}
