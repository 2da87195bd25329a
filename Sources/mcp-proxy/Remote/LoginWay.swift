import Grants
import MCPCore
import MCPUpstream
import NIOCore
import ProxyConfiguration
import ProxyControl

/// Who keeps a login: a running proxy, or the state directory that the next one is started with.
enum LoginWay: Sendable {
    case running(ManagementClient)
    case stored(Composition)

    /// Begins a login.
    ///
    /// - Parameter redirect: Where the browser is to come back to.
    /// - Returns: The address to open.
    func begin(_ server: String, redirect: String) async throws -> String {
        switch self {
        case .running(let client):
            var body = JSONObjectWriter()
            body.add("redirect", redirect)
            return try await address(client.answer(.post, ManagementClient.path(server, "login"), body.finished))
        case .stored(let composition):
            let grant = try grant(of: server, composition)
            do throws(GrantFailure) {
                return try await grant.beginLogin(redirect: redirect, browser: nil)
            } catch {
                throw CommandFailure("the login to \"\(server)\" is not possible: \(error.words)")
            }
        }
    }

    /// Ends it with what the browser has come back with.
    ///
    /// - Returns: What to say of it.
    func finish(_ server: String, query: String) async throws -> String {
        switch self {
        case .running(let client):
            var body = JSONObjectWriter()
            body.add("answer", query)
            let answer = try await client.answer(.post, ManagementClient.path(server, "login"), body.finished)
            let state = answer["server"]?["state"]?.string ?? "unknown"
            // Where each caller logs in for himself, others may have to.
            guard state != "login needed" else { return "logged in to \(server) at \(client.place.shown)" }
            return "logged in to \(server), which is \(state) at \(client.place.shown)"
        case .stored(let composition):
            do throws(GrantFailure) {
                try await composition.finishLogin(query)
            } catch {
                throw CommandFailure("the login to \"\(server)\" is not possible: \(error.words)")
            }
            return "logged in to \(server); a proxy that is started with this --state-dir uses it"
        }
    }

    /// A link for somebody else's browser.
    func link(_ server: String) async throws -> String {
        guard case .running(let client) = self else {
            throw CommandFailure("a link leads to a running proxy; start it, or leave out --link")
        }
        return try await address(client.answer(.post, ManagementClient.path(server, "login")))
    }

    /// Forgets the login.
    func logOut(_ server: String) async throws -> String {
        switch self {
        case .running(let client):
            let answer = try await client.answer(.post, ManagementClient.path(server, "logout"))
            return answer["message"]?.string ?? "logged out of \(server)"
        case .stored(let composition):
            let grant = try grant(of: server, composition)
            do throws(GrantFailure) {
                guard let forgotten = try grant.logOut() else { throw GrantFailure.notLoggedIn }
                await forgotten.revoke()
            } catch {
                throw CommandFailure("\"\(server)\": \(error.words)")
            }
            return "logged out of \(server)"
        }
    }

    private func address(_ answer: JSONView) throws -> String {
        guard let address = answer["url"]?.string else { throw CommandFailure("the proxy names no address to open") }
        return address
    }

    private func grant(of server: String, _ composition: Composition) throws -> ServerGrant {
        if let grant = composition.grant(of: server) { return grant }
        throw CommandFailure(
            "nobody logs in to \"\(ServerName.redacted(server))\": there is no such server in the configuration, it is a program, or it is called with the credentials that stand there"
        )
    }
}
