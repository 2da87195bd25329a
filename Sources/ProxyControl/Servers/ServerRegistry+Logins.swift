import Addresses
import Grants
import Logging
package import MCPFrontEnd
import MCPGateway
import MCPUpstream
import MCPValues
package import NIOCore
import ProxyConfiguration

// MARK: - Logins to servers, over the API

extension ServerRegistry {
    package func hasPersonalLogin(_ name: String) async -> Bool {
        find(name).flatMap { builder.grant(of: $0.settings, $0.source) }?.settings.hasPersonalLogins ?? false
    }

    package func beginLogin(
        to name: String, redirect: String?, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> (address: String, validity: LoginValidity) {
        let (server, grant) = try grant(of: name, for: caller)
        guard let redirect else {
            let address =
                ListenerAddress.base(settings, port: frontDoor.listener.port ?? settings.address.port)
                + frontDoor.loginLink(
                    to: server.settings.displayName, of: grant.settings.isPersonal ? caller.principal.name : nil)
            return (address, validity(of: grant, for: caller))
        }
        // What is no address is none of that machine.
        guard (try? HTTPURL(redirect))?.origin.isLoopback == true else {
            throw ManagementRefusal(
                .invalidConfiguration, "\"redirect\" must be an http URL of the machine on which the browser runs")
        }
        do throws(GrantFailure) {
            return (try await grant.beginLogin(redirect: redirect, browser: nil), validity(of: grant, for: caller))
        } catch {
            throw Self.refusal(error, server)
        }
    }

    package func finishLogin(
        to name: String, answer: String, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> (report: ServerReport, validity: LoginValidity) {
        let (server, grant) = try grant(of: name, for: caller)
        do throws(GrantFailure) {
            _ = try await finishLogin(LoginAnswer(query: answer), by: .program, of: grant)
        } catch {
            throw Self.refusal(error, server)
        }
        await settled(server)
        return (try known(name).report(prefix: prefix), validity(of: grant, for: caller))
    }

    package func logOut(of name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> ServerReport {
        let (server, grant) = try grant(of: name, for: caller)
        let hasForgotten: Bool
        do throws(GrantFailure) {
            hasForgotten = try await grant.forgetAll()
        } catch {
            throw ManagementRefusal(
                .notKept, "the login to \"\(server.settings.displayName)\": \(error.words)")
        }
        guard hasForgotten else {
            throw ManagementRefusal(.conflict, "nobody is logged in to \"\(server.settings.displayName)\"")
        }
        return try known(name).report(prefix: prefix)
    }

    /// For whom a login counts, and whether it is there at the next start.
    private func validity(of grant: ServerGrant, for caller: ManagementCaller) -> LoginValidity {
        LoginValidity(
            for: grant.settings.isPersonal ? caller.principal.shownName : nil,
            ending: store == nil ? "until the proxy ends: it has no --state-dir" : nil)
    }

    /// Ends a login, and waits until it counts for calls that come after it. What a server lists is read with the first login
    /// of a caller's own.
    ///
    /// - Parameter grant: Of which it must be; nil for any.
    /// - Returns: The name of the server.
    private func finishLogin(
        _ answer: LoginAnswer, by bringer: LoginBringer, of grant: ServerGrant? = nil
    ) async throws(GrantFailure) -> String {
        let grant = try await builder.known.grants.finishLogin(answer, by: bringer, of: grant)
        let settings = grant.settings
        for server in servers.values where builder.grantName(of: server.settings, server.source) == settings.name {
            await withCheckedContinuation { done in server.connections.whenLoginIsNoticed { done.resume() } }
            if let caller = grant.callerName { server.connections.begin(asLoggedIn: Principal(name: caller)) }
        }
        return settings.server
    }

    /// A server that somebody can log in to, and has the right to.
    private func grant(
        of name: String, for caller: ManagementCaller
    ) throws(ManagementRefusal) -> (ManagedServer, ServerGrant) {
        guard let server = find(name) else {
            try checkRight(of: caller)
            throw unknown(name)
        }
        let shown = server.settings.displayName
        let grant = builder.grant(of: server.settings, server.source)
        try checkLogin(to: server, grant, for: caller)
        guard let grant else {
            throw ManagementRefusal(
                .conflict,
                "nobody logs in to the server \"\(shown)\": it is a program, or is called with the credentials of its configuration"
            )
        }
        guard grant.settings.isInteractive else {
            throw ManagementRefusal(
                .conflict,
                "nobody logs in to the server \"\(shown)\": the proxy gets its tokens by itself (\"auth\" of the server)"
            )
        }
        return (server, grant.grant(of: caller.principal.name))
    }

    /// A login of one's own takes the right to use the server; one for everybody, that to change it.
    private func checkLogin(
        to server: ManagedServer, _ grant: ServerGrant?, for caller: ManagementCaller
    ) throws(ManagementRefusal) {
        if grant?.settings.hasPersonalLogins == true, !caller.isWithdrawn, server.route.access.admits(caller.principal)
        {
            return
        }
        try checkRight(of: caller)
        guard !caller.isKnown || caller.right >= .write else {
            throw ManagementRefusal(.forbidden, "this client may change nothing here")
        }
    }

    /// Forgets the login to a server that is gone: whoever adds another one of that name has not logged in.
    func forgetLogin(to server: ManagedServer) {
        frontDoor.forgetLoginLinks(to: server.settings.displayName)
        do throws(GrantFailure) {
            try builder.known.grants.forget(builder.grantName(of: server.settings, server.source))
        } catch {
            logger.error(
                "the login to a server that was removed is still kept",
                metadata: ["server": "\(server.settings.displayName)", "error": "\(error.words)"])
        }
    }

    /// Waits a moment for the server to say what it is, so that whoever has logged in sees how it stands.
    private func settled(_ server: ManagedServer) async {
        let isSettled: @Sendable () async -> Void = { [watch] in
            while !Task.isCancelled {
                let seen = watch.current
                let status = server.status
                if status.state != .starting, status.state != .loginNeeded { return }
                await watch.wait(past: seen)
            }
        }
        await first(of: isSettled, orAfter: .seconds(5))
    }

    private static func refusal(_ failure: GrantFailure, _ server: ManagedServer) -> ManagementRefusal {
        ManagementRefusal(
            .serverFailed, "the login to \"\(server.settings.displayName)\" is not possible: \(failure.words)")
    }
}

// MARK: - Logins to servers, in a browser

extension ServerRegistry: LoginDesk {
    package func description(of name: String, for caller: String) async throws(LoginRefusal) -> LoginDescription {
        let (server, grant) = try browserGrant(of: name, for: caller)
        guard case .http(let url, _, _, _) = server.settings.transport else {
            throw LoginRefusal("there is no server of this name", isUnknown: true)
        }
        return LoginDescription(
            server: server.settings.displayName, host: url.origin.authority, account: grant.report.account,
            scopes: grant.wantedScopes, isPersonal: grant.settings.isPersonal)
    }

    package func begin(
        _ name: String, for caller: String, redirect: String, browser: String
    ) async throws(LoginRefusal) -> String {
        let (_, grant) = try browserGrant(of: name, for: caller)
        do throws(GrantFailure) {
            return try await grant.beginLogin(redirect: redirect, browser: browser)
        } catch {
            throw LoginRefusal(error.words)
        }
    }

    package func finish(query: String, browser: String?) async throws(LoginRefusal) -> String {
        do throws(GrantFailure) {
            return try await finishLogin(LoginAnswer(query: query), by: .browser(mark: browser))
        } catch {
            throw LoginRefusal(error.words)
        }
    }

    package nonisolated func metadata(at address: String, redirect: String) -> ByteBuffer? {
        guard address.utf8.starts(with: "https://".utf8) else { return nil }
        // On a port of its own a program on the person's machine takes the answer.
        return ClientMetadata.document(
            at: address, redirects: [redirect, "http://127.0.0.1/callback", "http://localhost/callback"])
    }

    private func browserGrant(
        of name: String, for caller: String
    ) throws(LoginRefusal) -> (ManagedServer, ServerGrant) {
        guard let server = find(name) else { throw LoginRefusal("there is no server of this name", isUnknown: true) }
        guard let grant = builder.grant(of: server.settings, server.source), grant.settings.isInteractive else {
            throw LoginRefusal("nobody logs in to this server: it is called with the credentials of its configuration")
        }
        return (server, grant.grant(of: caller))
    }
}

extension Principal {
    /// What somebody is called where he reads it himself: a client by the name that the operator has given it.
    fileprivate var shownName: String {
        let mark = "client "
        return isNamed && name.hasPrefix(mark) ? String(name.dropFirst(mark.count)) : name
    }
}
