import Logging
import MCPUpstream
import NIOCore
import Synchronization

// MARK: - A login is needed

extension ServerGrant {
    /// Why the login that there is does not do.
    enum LoginFault {
        /// There is none, or it has ended.
        case none
        case moreRights
        case refusedByServer
        /// None is possible before the operator has done something: what, in words.
        case notPossible(String)
        /// The authorization server is there and does not renew it, and does not say that it has ended.
        case notRenewed
    }

    /// Notes that somebody has to log in.
    func needLogin(_ fault: LoginFault) -> UpstreamFailure {
        let how = settings.howToLogIn
        let reason: String? =
            switch fault {
            // What hinders it is for the operator.
            case .none, .notPossible: nil
            case .moreRights: "once more, for more rights than were given"
            case .refusedByServer: "once more, as somebody who may use it, because it refuses the login that there is"
            // What it says stands in the log: clients read this.
            case .notRenewed:
                "once more, because its authorization server refuses to renew the login that there is, which is tried again and again"
            }
        let isTriedAgain = if case .notRenewed = fault { true } else { false }
        let failure = UpstreamFailure.loginNeeded(how, reason, isLasting: !isTriedAgain)
        let shown = if case .notPossible(let words) = fault { "\(words); then \(how)" } else { failure.detail }
        let isForEverything = if case .moreRights = fault { false } else { true }
        let isNews = state.withLock { state in
            let need = GrantReport.Need(words: shown, isForEverything: isForEverything)
            defer { state.grant.need = need }
            return state.grant.need != need
        }
        if isNews {
            surroundings.logger.notice(
                "a server wants somebody to log in",
                metadata: ["server": "\(settings.server)", "how": "\(shown)"])
            changed()
        }
        return failure
    }

    /// Finds out whether it is a login that the server wants: where nobody has configured one, a refusal may be for
    /// anything.
    func findLogin(_ then: @escaping @Sendable (RequestVerdict) -> Void) {
        guard settings.way == .discovered else { return then(.fail(needLogin(.none))) }
        let (isFirst, isUnprotected) = state.withLock { state -> (Bool, Bool) in
            if let until = state.unprotectedUntil, surroundings.uptime() < until { return (false, true) }
            state.searchers.append(then)
            return (state.searchers.count == 1, false)
        }
        if isUnprotected { return then(.stands) }
        guard isFirst else { return }
        // Belongs to all who wait for it, of whom each may go away; ends by itself.
        Task { [self] in
            let verdict = await search()
            let waiting = state.withLock { state in
                defer { state.searchers = [] }
                if case .stands = verdict { state.unprotectedUntil = surroundings.uptime() + Self.unprotectedFor }
                return state.searchers
            }
            for then in waiting { then(verdict) }
        }
    }

    /// Why nobody can log in through an authorization server yet, in words for the operator; nil where somebody can.
    private func hindrance(at server: AuthorizationServer) -> String? {
        do throws(GrantFailure) {
            _ = try server.endpointForLogins()
            try registrar.checkIsPossible(with: server)
            return nil
        } catch {
            return error.words
        }
    }

    private func search() async -> RequestVerdict {
        let challenge = state.withLock { $0.grant.challenge }
        do throws(GrantFailure) {
            let server = try await Discovery(settings: settings, requests: requests).protection(challenge).server
            return .fail(needLogin(hindrance(at: server).map { .notPossible($0) } ?? .none))
        } catch {
            switch error.kind {
            case .unprotected: return .stands
            case .unreachable: return .fail(Self.unavailable(error.words))
            case .unusable, .noDocument, .refused:
                return .fail(
                    UpstreamFailure(.unauthorized, "it wants a login that is not possible: \(error.words)", status: 401)
                )
            }
        }
    }
}
