import Grants
import MCPCore
import MCPGateway
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
            return try Self.words(on: answer, server, at: client.place.shown)
        case .stored(let composition):
            do throws(GrantFailure) {
                try await composition.finishLogin(query)
            } catch {
                throw CommandFailure("the login to \"\(server)\" is not possible: \(error.words)")
            }
            guard try grant(of: server, composition).settings.isPersonal else {
                return "logged in to \(server); a proxy that is started with this --state-dir uses it"
            }
            return
                "logged in to \(server) for callers who are not asked who they are (per: principal), as those of mcp-proxy stdio with this --state-dir"
        }
    }

    /// Says that somebody has logged in: for whom, how the server is since, and until when it counts.
    ///
    /// - Throws: That the server does not take the login.
    private static func words(on answer: JSONView, _ server: String, at place: String) throws -> String {
        let whose = answer["for"]?.string.map { " for \"\($0)\" alone (per: principal)" } ?? ""
        var words = "logged in to \(server)\(whose)"
        // Where each caller logs in for himself, others may have to; and who sees nothing of servers is told nothing of them.
        if let state = answer["server"]?["state"]?.string, whose.isEmpty && state != "login needed" || state == "failed"
        {
            words += ", which is \(state)"
        }
        words += " at \(place)"
        if whose.isEmpty, let needed = answer["server"]?["login"]?["needed"]?.string {
            throw CommandFailure("\(words), but the server still wants somebody to log in: \(needed)")
        }
        if answer["server"]?["state"]?.string == "failed", let error = answer["server"]?["error"]?.string {
            words += ": \(error)"
        }
        if let ending = answer["ending"]?.string { words += "; the login counts \(ending)" }
        return words
    }

    /// A link for another browser, and for whom alone it is; nil where the login is for everybody.
    func link(_ server: String) async throws -> (address: String, caller: String?) {
        guard case .running(let client) = self else {
            throw CommandFailure("a link leads to a running proxy; start it, or leave out --link")
        }
        let answer = try await client.answer(.post, ManagementClient.path(server, "login"))
        return (try address(answer), answer["for"]?.string)
    }

    /// Forgets the login.
    func logOut(_ server: String) async throws -> String {
        switch self {
        case .running(let client):
            let answer = try await client.answer(.post, ManagementClient.path(server, "logout"))
            return answer["message"]?.string ?? "logged out of \(server)"
        case .stored(let composition):
            let grant = try grant(of: server, composition)
            let hasForgotten: Bool
            do throws(GrantFailure) {
                hasForgotten = try await grant.forgetAll()
            } catch {
                throw CommandFailure("the login to \"\(server)\": \(error.words)")
            }
            guard hasForgotten else { throw CommandFailure("nobody is logged in to \"\(server)\"") }
            return "logged out of \(server)"
        }
    }

    private func address(_ answer: JSONView) throws -> String {
        guard let address = answer["url"]?.string else { throw CommandFailure("the proxy names no address to open") }
        return address
    }

    private func grant(of server: String, _ composition: Composition) throws -> ServerGrant {
        if let grant = composition.grant(of: server) {
            guard grant.settings.isInteractive else {
                throw CommandFailure(
                    "nobody logs in to \"\(server)\": the proxy gets its tokens by itself (\"auth\" of the server)")
            }
            // Here nobody is asked who he is.
            return grant.grant(of: Principal.anonymous.name)
        }
        throw CommandFailure(
            "nobody logs in to \"\(ServerName.redacted(server))\": there is no such server in the configuration, it is a program, or it is called with the credentials that stand there"
        )
    }
}
