import MCPCore
import MCPUpstream
import NIOCore

/// A timer that is set far more often than it goes off, such as the one of a time limit that every request begins anew.
///
/// To set it later, or to stop it, costs a comparison: what the event loop has been asked for stays, and is asked for
/// again when it comes too early. Confined to its event loop.
final class LazyTimer: LoopConfined, @unchecked Sendable {
    let eventLoop: any EventLoop
    private let body: () -> Void
    private var deadline: NIODeadline?
    private var scheduled: (task: Scheduled<Void>, time: NIODeadline)?

    init(on eventLoop: any EventLoop, _ body: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.body = body
    }

    /// Goes off after this time, and not at the time that was set before.
    func set(_ duration: Duration) {
        checkConfinement()
        let deadline = eventLoop.now + .milliseconds(duration.milliseconds)
        self.deadline = deadline
        if let scheduled, scheduled.time <= deadline { return }
        scheduled?.task.cancel()
        schedule(deadline)
    }

    /// Does not go off, unless it is set again.
    func stop() {
        checkConfinement()
        deadline = nil
    }

    /// Gives back what is held until the time that was set last.
    func cancel() {
        checkConfinement()
        deadline = nil
        scheduled?.task.cancel()
        scheduled = nil
    }

    private func schedule(_ deadline: NIODeadline) {
        let task = eventLoop.scheduleTask(deadline: deadline) { [weak self] in
            guard let self else { return }
            cameDue()
        }
        scheduled = (task, deadline)
    }

    private func cameDue() {
        scheduled = nil
        guard let deadline else { return }
        guard deadline <= eventLoop.now else { return schedule(deadline) }
        self.deadline = nil
        body()
    }
}
