import Logging
import MCPCore
import MCPUpstream
package import NIOCore
import Synchronization

// MARK: - Somebody logs in

extension ServerGrant {
    /// Begins a login.
    ///
    /// - Parameters:
    ///   - redirect: Where the authorization server is to send the browser back to.
    ///   - browser: What only the browser that begins can show; nil where it is another program's to see to that.
    /// - Returns: The address that the browser is to go to.
    package func beginLogin(redirect: String, browser: String?) async throws(GrantFailure) -> String {
        guard settings.isInteractive else {
            throw GrantFailure(.unusable, "nobody logs in to it: the proxy gets its token itself (auth.type)")
        }
        let (challenge, wanted, held, generation) = state.withLock {
            ($0.grant.challenge, $0.grant.wantedScopes, $0.grant.facts?.scopes ?? [], $0.grant.generation)
        }
        let protection = try await Discovery(settings: settings, requests: requests).protection(challenge)
        let endpoint = try protection.server.endpointForLogins()
        let client = try await registrar.client(of: protection.server, redirect: redirect)
        // What was given before is asked for again, or it would be lost.
        let union = wanted.isEmpty ? [] : held + wanted.filter { !held.contains($0) }
        let login = PendingLogin(
            of: self, generation: generation, redirect: redirect, protection, as: client,
            scopes: ScopeChoice(settings.scopes, wanted: union, protection).scopes(forPerson: true), browser: browser)
        book.logins.begin(login)
        return login.address(at: endpoint.fullText)
    }

    /// Ends a login with what the browser has brought back.
    func finish(_ login: PendingLogin, _ answer: LoginAnswer) async throws(GrantFailure) {
        let endpoint = login.server.tokenEndpoint
        let token: TokenAnswer
        do throws(GrantFailure) {
            let code = try answer.code(from: login.server)
            token = try await tokens(of: login.client, at: endpoint).redeem(code, of: login)
        } catch {
            // An authorization server that has forgotten the proxy is asked again the next time.
            if error.kind == .refused("invalid_client") { book.clients.forget(login.client) }
            if error.kind == .refused("invalid_scope") { state.withLock { $0.grant.forgetWantedScopes() } }
            throw error
        }
        var facts = GrantFacts(
            token, resource: login.resource, tokenEndpoint: endpoint.fullText, client: login.client,
            asked: login.scopes, now: surroundings.wall())
        facts.revocationEndpoint = login.server.revocationEndpoint?.fullText
        let isUsed = keeping.withLock { _ in
            guard state.withLock({ $0.grant.generation == login.generation }) else { return false }
            keep(facts)
            state.withLock { $0.grant.loggedIn(facts) }
            return true
        }
        // What may be done with it has changed; it is nobody's.
        guard isUsed else {
            await ForgottenGrant(facts: facts, of: self).revoke()
            throw GrantFailure(
                .unusable, "the server was changed or removed, or somebody has logged out, meanwhile; begin again")
        }
        surroundings.logger.notice(
            "somebody has logged in",
            metadata: ["server": "\(settings.server)", "for": "\(caller?.name ?? "everybody")"])
        changed(byLogin: true)
        // Who has waited goes on after those have heard of it over whom it goes.
        for waiter in state.withLock({ $0.takeAwaitingLogin() }) { waiter(true) }
    }

    /// Calls back once somebody is logged in, or time is over.
    ///
    /// - Parameter completion: Takes whether somebody is. Is called once, on any thread.
    package func whenLoggedIn(atMost time: TimeAmount, _ completion: @escaping @Sendable (_ isDone: Bool) -> Void) {
        let number = state.withLock { state -> Int? in
            guard state.grant.facts == nil || state.grant.need != nil else { return nil }
            return state.awaitLogin(completion)
        }
        guard let number else { return completion(true) }
        surroundings.eventLoop.scheduleTask(in: time) { [self] in
            state.withLock { $0.awaitingLogin.removeValue(forKey: number) }?(false)
        }
    }

    /// Logs out for good: gives back what there was, and has the proxy register anew at the next login.
    ///
    /// - Returns: Whether there was something to forget.
    /// - Throws: Where it is kept nevertheless, as ``logOut()``.
    package func forgetAll() async throws(GrantFailure) -> Bool {
        guard let forgotten = try logOut() else { return await forgetRegistration() }
        await forgotten.revoke()
        return true
    }

    /// Has the proxy register anew at the next login, where nobody is logged in: the authorization server may have
    /// forgotten it, which it tells the browser alone.
    ///
    /// - Returns: Whether there was something to forget.
    func forgetRegistration() async -> Bool {
        let challenge = state.withLock { $0.grant.challenge }
        do throws(GrantFailure) {
            let protection = try await Discovery(settings: settings, requests: requests).protection(challenge)
            return book.clients.forgetAll(of: protection.server.issuer)
        } catch {
            surroundings.logger.info(
                "it could not be found out as whom the proxy is registered",
                metadata: ["server": "\(settings.server)", "error": "\(error.words)"])
            return false
        }
    }

    /// Forgets the grant, here and where it is kept.
    ///
    /// - Returns: What there was, which may still be given back; nil where there was nothing.
    /// - Throws: Where it is kept nevertheless. It is not shown any more in this run, and given back.
    package func logOut() throws(GrantFailure) -> ForgottenGrant? {
        var stillKept: GrantFailure?
        let facts = keeping.withLock { _ in
            do throws(GrantFailure) { try book.remove(file) } catch { stillKept = error }
            book.logins.forget(self)
            return state.withLock { state in
                defer { state.grant.loggedOut() }
                return state.grant.facts ?? state.grant.former?.facts
            }
        }
        let forgotten = facts.map { ForgottenGrant(facts: $0, of: self) }
        if let facts {
            // The way out for a person to whom the authorization server says that it does not know the proxy.
            book.clients.forgetAll(of: facts.client.issuer)
            if settings.isInteractive { _ = needLogin(.none) }
        }
        guard let stillKept else { return forgotten }
        // Nobody waits for it; ends by itself.
        Task { await forgotten?.revoke() }
        throw GrantFailure(
            .unusable,
            "it is not used any more until the proxy ends, but \(stillKept.words); mend that, and log out again")
    }
}
