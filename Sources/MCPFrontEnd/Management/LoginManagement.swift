/// Logins to servers as the management API begins and ends them. Implemented by the program that owns the servers.
///
/// A login that counts for everybody takes the right to change servers. One that counts for a caller alone takes the right
/// to use the server.
package protocol LoginManagement: Sendable {
    /// Says whether each caller logs in to a server for himself.
    func hasPersonalLogin(_ name: String) async -> Bool

    /// Begins a login.
    ///
    /// - Parameter redirect: Where the browser is to come back to: an address of the machine on which it runs. nil for the
    ///   proxy's own page.
    /// - Returns: The address that a browser is to open, and for whom the login is.
    func beginLogin(to name: String, redirect: String?, for caller: ManagementCaller)
        async throws(ManagementRefusal) -> (address: String, validity: LoginValidity)

    /// Ends a login that has begun with a redirect.
    ///
    /// - Parameter answer: The query with which the browser came back.
    func finishLogin(to name: String, answer: String, for caller: ManagementCaller)
        async throws(ManagementRefusal) -> (report: ServerReport, validity: LoginValidity)

    /// Forgets a login.
    func logOut(of name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> ServerReport
}

/// Says for whom a login counts, and for how long.
package struct LoginValidity: Sendable, Equatable {
    /// Who alone is called for with it; nil where it counts for everybody who uses the server.
    let caller: String?
    /// Until when it counts and why, in words; nil where it is there at the next start.
    let ending: String?

    package init(for caller: String?, ending: String?) {
        (self.caller, self.ending) = (caller, ending)
    }
}

/// Says what is wanted of the login to a server.
enum LoginOperation: Sendable, Equatable {
    case begin(redirect: String?)
    case finish(String)
}
