package import NIOCore

extension EventLoop {
    /// Runs something on this event loop: now, when it is the current one.
    package func run(_ body: @escaping @Sendable () -> Void) {
        if inEventLoop { body() } else { execute(body) }
    }
}
