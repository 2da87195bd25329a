import Addresses
import Logging
import MCPCore
import MCPUpstream
import Metrics
import NIOCore
import Synchronization

// MARK: - Getting a token without anybody's help

extension ServerGrant {
    /// Gets a token, and tells all who wait. Must be called once each time the state says so.
    func renew() {
        guard book.renewals.begin() else {
            state.withLock { $0.grant.renewalDropped() }
            return settle(.failed(Self.unavailable("the proxy is about to end")))
        }
        // Belongs to all who wait for it, of whom each may go away; ends by itself.
        Task { [self] in
            let renewal = await renewal()
            book.renewals.end()
            settle(renewal)
        }
    }

    /// Tells all who wait how it went.
    private func settle(_ renewal: Renewal) {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter(renewal) }
    }

    private func renewal() async -> Renewal {
        let (edition, before) = state.withLock { ($0.grant.edition, $0.grant.facts) }
        do throws(GrantFailure) {
            let facts = settings.isInteractive ? try await refreshed() : try await obtained()
            let isUsed = keeping.withLock { _ in
                guard isStill(edition) else { return keepFormer(facts, after: before) }
                keep(facts)
                state.withLock { $0.grant.renewed(facts) }
                return true
            }
            guard isUsed else { return await overtaken(with: facts) }
            surroundings.renewals.add(.ok)
            changed()
            return .done
        } catch {
            return await failed(error, since: edition)
        }
    }

    /// Keeps what has come for the address at which the server was when it was asked for.
    ///
    /// - Returns: Whether it is still shown there; else it is nobody's.
    private func keepFormer(_ facts: GrantFacts, after before: GrantFacts?) -> Bool {
        let (isFormer, isAlone) = state.withLock { state in
            defer { state.grant.renewalDropped() }
            return (state.grant.formerRenewed(facts, after: before), state.grant.facts == nil)
        }
        // Once somebody has logged in at the new address, that is what is kept.
        if isFormer, isAlone { keep(facts) }
        return isFormer
    }

    private func isStill(_ edition: Int) -> Bool { state.withLock { $0.grant.edition == edition } }

    /// Somebody has logged in or out meanwhile: what was found out about the grant before is not used.
    ///
    /// - Parameter facts: What has come and is nobody's; nil for nothing.
    private func overtaken(with facts: GrantFacts? = nil) async -> Renewal {
        let isHeld = state.withLock { state in
            state.grant.renewalDropped()
            return state.grant.credential != nil
        }
        if isHeld { return .done }
        if let facts { await ForgottenGrant(facts: facts, of: self).revoke() }
        guard settings.isInteractive else { return .failed(Self.unavailable("it was given up meanwhile")) }
        return .failed(needLogin(.none))
    }

    private func failed(_ failure: GrantFailure, since edition: Int) async -> Renewal {
        let isForGood = failure.isForGood && !isOfConfiguredClient(failure)
        if failure.kind == .refused("invalid_scope") { state.withLock { $0.grant.forgetWantedScopes() } }
        let isUsed = keeping.withLock { _ in
            guard isStill(edition) else { return false }
            state.withLock {
                $0.grant.renewalFailed(
                    failure.words, isRefusal: failure.isRefusal, isForGood: isForGood, at: surroundings.uptime())
            }
            if isForGood, settings.isInteractive, let facts = state.withLock({ $0.grant.facts }) { keep(facts) }
            return true
        }
        guard isUsed else { return await overtaken() }
        surroundings.renewals.add(isForGood ? .ended : .failed)
        surroundings.logger.warning(
            isForGood ? "the grant for a server has ended" : "a token for a server could not be got; it is tried again",
            metadata: ["server": "\(settings.server)", "error": "\(failure.words)"])
        if !isForGood, settings.isInteractive, state.withLock({ $0.grant.isRefusedAgainAndAgain }) {
            tryAgainLater()
            return .failed(needLogin(.notRenewed))
        }
        guard isForGood, settings.isInteractive else { return .failed(Self.unavailable(failure.words)) }
        // An authorization server that has forgotten the proxy is asked again at the next login.
        if failure.kind == .refused("invalid_client"), let facts = state.withLock({ $0.grant.facts }) {
            book.clients.forget(facts.client)
        }
        return .failed(needLogin(.none))
    }

    /// Asks once more when it may, also where nobody calls.
    private func tryAgainLater() {
        let pause = state.withLock { $0.grant.pause(at: surroundings.uptime()) }
        surroundings.eventLoop.scheduleTask(in: pause) { [weak self] in
            guard let self, state.withLock({ $0.grant.beginsAgain(at: surroundings.uptime()) }) else { return }
            renew()
        }
    }

    /// Keeps a grant before anybody uses it: the refresh token that it came for may have ended with it.
    func keep(_ facts: GrantFacts) {
        // What the proxy gets by itself it gets again.
        guard outlivesRun, settings.isInteractive else { return }
        do throws(GrantStorageFailure) {
            try book.shelf.write(facts.json, as: file)
        } catch {
            surroundings.logger.error(
                "a login is not kept for the next start, and counts until this run ends",
                metadata: ["server": "\(settings.server)", "error": "\(error.words)"])
        }
    }

    private func refreshed() async throws(GrantFailure) -> GrantFacts {
        guard let facts = state.withLock({ $0.grant.facts }), let token = facts.refreshToken else {
            throw GrantFailure(.refused("invalid_grant"), "there is nothing to renew it with")
        }
        // It was read when it was got.
        guard let endpoint = try? HTTPURL(facts.tokenEndpoint) else {
            throw GrantFailure(.refused("invalid_grant"), "its token endpoint is no URL")
        }
        let answer = try await tokens(of: facts.client, at: endpoint).renew(facts, token)
        return facts.renewed(by: answer, now: surroundings.wall())
    }

    /// Whether it is for what the operator has configured that nothing was given, which may be corrected.
    private func isOfConfiguredClient(_ failure: GrantFailure) -> Bool {
        failure.kind == .refused("invalid_client")
            && state.withLock { $0.grant.facts }.flatMap { settings.client?.proving($0.client) } != nil
    }

    var registrar: Registrar { Registrar(settings: settings, requests: requests, clients: book.clients) }

    /// Asks an endpoint as a client, which proves itself as it is configured by now.
    func tokens(of client: RegisteredClient, at endpoint: HTTPURL) -> TokenRequest {
        TokenRequest(
            requests: requests, client: settings.client?.proving(client) ?? client, endpoint: endpoint,
            privateKeyFile: settings.client?.privateKeyFile,
            readFile: surroundings.readFile, wall: surroundings.wall)
    }
}

extension GrantFailure {
    /// Whether nothing will come of asking again: the grant has ended, or the client is not known any more
    /// ([RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    fileprivate var isForGood: Bool {
        switch kind {
        case .refused(let code):
            ["invalid_grant", "bad_refresh_token", "invalid_client", "unauthorized_client"].contains(code)
        case .unreachable, .unusable, .noDocument, .unprotected: false
        }
    }

    /// Whether somebody was there and said no, or what is not understood, and has not asked to be asked later
    /// ([RFC 6749, 4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)).
    fileprivate var isRefusal: Bool {
        switch kind {
        case .refused(let code): !["temporarily_unavailable", "server_error", "slow_down"].contains(code)
        case .unusable, .noDocument, .unprotected: true
        case .unreachable: false
        }
    }
}

extension HTTPURL {
    /// With its query, which its description leaves out.
    var fullText: String { "\(origin)\(target)" }
}
