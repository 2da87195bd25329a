/// Logins to servers as the management API begins and ends them. Implemented by the program that owns the servers.
package protocol LoginManagement: Sendable {
    /// Begins a login.
    ///
    /// - Parameter redirect: Where the browser is to come back to: an address of the machine on which it runs. nil for the
    ///   proxy's own page.
    /// - Returns: The address that a browser is to open.
    func beginLogin(to name: String, redirect: String?, for caller: ManagementCaller)
        async throws(ManagementRefusal) -> String

    /// Ends a login that has begun with a redirect.
    ///
    /// - Parameter answer: The query with which the browser came back.
    func finishLogin(to name: String, answer: String, for caller: ManagementCaller)
        async throws(ManagementRefusal) -> ServerReport

    /// Forgets a login.
    func logOut(of name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> ServerReport
}

/// Says what is wanted of the login to a server.
enum LoginOperation: Sendable, Equatable {
    case begin(redirect: String?)
    case finish(String)
}
