import NIOCore
import Synchronization

/// The open files that are set aside for what reaches servers: connections to remote ones, pipes to processes. Whoever
/// opens one takes it from here first, so that neither clients nor the log nor management ever lack them.
///
/// May be used from any event loop.
package final class DescriptorAccount: Sendable {
    /// What one process needs: the ends of its three pipes, and what tells of its end.
    static let perProcess = 4

    private struct State {
        var used = 0
        var waiting: [(eventLoop: any EventLoop, body: @Sendable () -> Void)] = []
    }

    private let total: Int
    private let state = Mutex(State())

    /// - Parameter total: How many there are.
    package init(total: Int) {
        self.total = total
    }

    /// Takes some.
    ///
    /// - Returns: whether there were as many.
    func take(_ count: Int = 1) -> Bool {
        state.withLock { state in
            guard state.used + count <= total else { return false }
            state.used += count
            return true
        }
    }

    /// Gives some back. Whoever waits is told.
    func giveBack(_ count: Int = 1) {
        let told = state.withLock { state in
            state.used -= count
            defer { state.waiting = [] }
            return state.waiting
        }
        for (eventLoop, body) in told { eventLoop.execute(body) }
    }

    /// Calls back once, on that event loop, when some were given back.
    func whenGivenBack(on eventLoop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.waiting.append((eventLoop, body)) }
    }

    /// Whether so few are left that none should be kept for what might come.
    var isScarce: Bool { state.withLock { $0.used >= total - total / 4 } }

    /// Whether so many are used that the rest is for what somebody waits for.
    var isHalfUsed: Bool { state.withLock { $0.used >= total / 2 } }
}
