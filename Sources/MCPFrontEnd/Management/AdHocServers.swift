package import MCPGateway
package import NIOCore

/// Starts and ends servers that clients bring with their sessions. Implemented by the program that owns the servers.
package protocol AdHocServers: Sendable {
    /// Starts a server that only this caller can reach.
    ///
    /// - Parameters:
    ///   - configuration: The object that the client sent, as it came.
    ///   - isShared: Whether requests of the same caller with the same configuration share one server, because no
    ///     session ties them together.
    func open(_ configuration: ByteBuffer, isShared: Bool, for caller: ManagementCaller) async throws(ManagementRefusal)
        -> Route

    /// Ends a server whose session has ended.
    func close(_ offer: Offer) async
}
