import Addresses
import Grants
import Logging
package import MCPFrontEnd
import MCPGateway
import MCPUpstream
package import NIOCore
import ProxyConfiguration

// MARK: - Logins to servers, over the API

extension ServerRegistry {
    package func beginLogin(
        to name: String, redirect: String?, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> String {
        try checkRight(of: caller)
        let (server, grant) = try await grant(of: name, for: caller)
        guard let redirect else {
            return ListenerAddress.base(settings, port: frontDoor.listener.port ?? settings.address.port)
                + frontDoor.loginLink(
                    to: server.settings.displayName,
                    of: grant.settings.isPersonal ? caller.principal.name : nil)
        }
        // What is no address is none of that machine.
        guard (try? HTTPURL(redirect))?.origin.isLoopback == true else {
            throw ManagementRefusal(
                .invalidConfiguration, "\"redirect\" must be an http URL of the machine on which the browser runs")
        }
        do throws(GrantFailure) {
            return try await grant.beginLogin(redirect: redirect, browser: nil)
        } catch {
            throw Self.refusal(error, server)
        }
    }

    package func finishLogin(
        to name: String, answer: String, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> ServerReport {
        try checkRight(of: caller)
        let (server, grant) = try await grant(of: name, for: caller)
        do throws(GrantFailure) {
            _ = try await finishLogin(LoginAnswer(query: answer), by: .program, of: grant)
        } catch {
            throw Self.refusal(error, server)
        }
        // What one caller has says nothing of how the server stands for others.
        if !grant.settings.isPersonal { await settled(server) }
        return try known(name).report(prefix: prefix)
    }

    package func logOut(of name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> ServerReport {
        try checkRight(of: caller)
        let (server, grant) = try await grant(of: name, for: caller)
        do throws(GrantFailure) {
            guard let forgotten = try grant.logOut() else { throw GrantFailure.notLoggedIn }
            await forgotten.revoke()
        } catch {
            throw Self.refusal(error, server)
        }
        return try known(name).report(prefix: prefix)
    }

    /// Ends a login, and waits until it counts for calls that come after it.
    ///
    /// - Parameter grant: Of which it must be; nil for any.
    /// - Returns: The name of the server.
    private func finishLogin(
        _ answer: LoginAnswer, by bringer: LoginBringer, of grant: ServerGrant? = nil
    ) async throws(GrantFailure) -> String {
        let settings = try await builder.known.grants.finishLogin(answer, by: bringer, of: grant)
        for server in servers.values where builder.grantName(of: server.settings, server.source) == settings.name {
            await withCheckedContinuation { done in server.connections.whenLoginIsNoticed { done.resume() } }
        }
        return settings.server
    }

    /// A server that somebody can log in to.
    private func grant(
        of name: String, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> (ManagedServer, ServerGrant) {
        let server = try known(name)
        guard let grant = builder.grant(of: server.settings, server.source) else {
            throw ManagementRefusal(
                .conflict,
                "nobody logs in to the server \"\(server.settings.displayName)\": it is a program, or is called with the credentials of its configuration"
            )
        }
        return (server, grant.grant(of: caller.principal.name))
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
        guard let grant = builder.grant(of: server.settings, server.source) else {
            throw LoginRefusal("nobody logs in to this server: it is called with the credentials of its configuration")
        }
        return (server, grant.grant(of: caller))
    }
}
