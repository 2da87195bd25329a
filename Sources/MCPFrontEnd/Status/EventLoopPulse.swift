package import NIOCore
import Synchronization

/// Beats for as long as every event loop does its work: each beat was made possible by all of them, one after another.
///
/// There is no timer beside them. When one of them hangs, the beats stop.
package final class EventLoopPulse: Sendable {
    private let eventLoops: [any EventLoop]
    private let pause: TimeAmount
    private let beat: @Sendable () -> Void
    /// How many have yet to show that they are alive.
    private let missing = Atomic(0)
    private let isStopped = Atomic(false)

    /// - Parameters:
    ///   - pause: How long after a beat the event loops are asked again.
    ///   - beat: Called on one of them; must be quick.
    package init(of eventLoops: [any EventLoop], every pause: TimeAmount, _ beat: @escaping @Sendable () -> Void) {
        self.eventLoops = eventLoops
        self.pause = pause
        self.beat = beat
    }

    /// Asks all of them, and goes on with that until it is stopped.
    package func start() {
        missing.store(eventLoops.count, ordering: .relaxed)
        for eventLoop in eventLoops {
            eventLoop.execute { [self] in
                guard missing.subtract(1, ordering: .relaxed).newValue == 0 else { return }
                guard !isStopped.load(ordering: .relaxed) else { return }
                beat()
                eventLoop.scheduleTask(in: pause) { [self] in start() }
            }
        }
    }

    /// No more beats come, but for one that is under way.
    package func stop() { isStopped.store(true, ordering: .relaxed) }
}
