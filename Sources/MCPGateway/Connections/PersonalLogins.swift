package import NIOCore

/// The logins to a server that each caller has for himself. Implemented by the program that keeps them.
package protocol PersonalLogins: Sendable {
    /// Tells where a caller logs in, once and within a short time; nil where the proxy has no pages.
    func address(for principal: Principal) -> String?

    /// Calls back once a caller is logged in, or time is over.
    ///
    /// - Parameter completion: Takes whether he is logged in. Is called once, on any thread.
    func wait(
        for principal: Principal, atMost time: TimeAmount, _ completion: @escaping @Sendable (_ isDone: Bool) -> Void)
}
