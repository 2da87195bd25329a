import Crypto
import Logging
import MCPCore
import NIOCore
import Synchronization

/// The grants of all servers.
package final class GrantBook: Sendable {
    let shelf: GrantShelf
    /// What seals everything that is kept.
    package var seal: Seal { shelf.seal }
    let clients: ClientShelf
    let logins = LoginTable()
    let renewals = Renewals()
    /// How long the end of the run waits for renewals: as long as the answer of an authorization server may take.
    private static let patience = Duration.nanoseconds(GrantRequests.timeout.nanoseconds)
    /// With what callers have come.
    package let callerTokens = CallerTokens()
    private static let maximumGrants = 20_000
    private static let fileBeginning = "grant-"
    private let grants = Mutex<[String: ServerGrant]>([:])

    package init(_ shelf: GrantShelf) {
        self.shelf = shelf
        self.clients = ClientShelf(shelf)
    }

    /// Whether there are logins for the next start.
    package var keepsLogins: Bool { !shelf.names(startingWith: Self.fileBeginning).isEmpty }

    /// The grant of a server, the same one whatever becomes of its settings.
    package func grant(_ settings: GrantSettings, _ surroundings: GrantSurroundings) -> ServerGrant {
        if settings.isPersonal, !settings.isInteractive { callerTokens.want() }
        let grant = grant(settings, surroundings, of: nil)
        grant.reach(by: surroundings)
        grant.take(settings)
        return grant
    }

    /// Forgets what there is of a server that is gone, and of its callers: whoever adds another one of that name has not
    /// logged in.
    ///
    /// - Parameter name: That of the settings.
    /// - Throws: Where something of it is kept nevertheless.
    package func forget(_ name: String) throws(GrantFailure) {
        let grant = grants.withLock { $0[Self.digest(of: name, nil)] }
        var left: [ForgottenGrant] = []
        var stillKept: GrantFailure?
        for grant in grant.map({ [$0] + callers(of: $0) }) ?? [] {
            do throws(GrantFailure) {
                if let forgotten = try grant.logOut() { left.append(forgotten) }
            } catch {
                stillKept = error
            }
        }
        grants.withLock { grants in grants = grants.filter { $0.value !== grant && $0.value.caller?.parent !== grant } }
        let file = Self.file(of: name, nil)
        // Also those of callers who have not come in this run, and of a server that was called without.
        for file in [file] + shelf.names(startingWith: "\(file)-") {
            let kept = grant == nil ? nil : shelf.read(file).flatMap(GrantFacts.init)
            if let kept, let grant { left.append(ForgottenGrant(facts: kept, of: grant)) }
            do throws(GrantFailure) { try remove(file) } catch { stillKept = error }
        }
        // Nobody waits for it; ends by itself. One by one: there may be many.
        Task { [left] in for forgotten in left { await forgotten.revoke() } }
        if let stillKept { throw stillKept }
    }

    /// Removes what is kept under a name.
    func remove(_ file: String) throws(GrantFailure) {
        do throws(GrantStorageFailure) {
            try shelf.remove(file)
        } catch {
            throw GrantFailure(.unusable, "what is kept of the login cannot be removed: \(error.words)")
        }
    }

    /// Waits at the end of the run for what renewals bring, so that it is kept.
    package func finish() async {
        guard await !renewals.finish(atMost: Self.patience) else { return }
        shelf.logger.warning(
            "logins were being renewed at the end of the run, and what comes of that is not kept; somebody may have to log in again"
        )
    }

    /// - Parameter caller: Whose it is; nil for everybody's.
    func grant(
        _ settings: GrantSettings, _ surroundings: GrantSurroundings, of caller: GrantCaller?
    ) -> ServerGrant {
        grants.withLock { grants in
            let key = Self.digest(of: settings.name, caller?.name)
            if let known = grants[key], known.caller?.parent === caller?.parent { return known }
            // Whoever has only looked takes no room from those who have logged in.
            if grants.count >= Self.maximumGrants {
                grants = grants.filter { $0.value.caller == nil || $0.value.isHeld }
            }
            let grant = ServerGrant(settings, surroundings, self, of: caller)
            grants[key] = grant
            return grant
        }
    }

    /// Whether some caller has a grant of his own for a server, in this run or kept by another one.
    func isHeldBySomebody(_ parent: ServerGrant) -> Bool {
        callers(of: parent).contains { $0.isHeld } || !shelf.names(startingWith: "\(parent.file)-").isEmpty
    }

    /// The grants of callers for a server.
    func callers(of parent: ServerGrant) -> [ServerGrant] {
        grants.withLock { Array($0.values) }.filter { $0.caller?.parent === parent }
    }

    /// The name under which a grant is kept. Those of a server's callers begin with that of the server.
    static func file(of server: String, _ caller: String?) -> String {
        let shared = "\(fileBeginning)\(digest(of: server, nil))"
        return caller.map { "\(shared)-\(digest(of: server, $0))" } ?? shared
    }

    /// Ends a login with what a browser has brought back.
    ///
    /// - Parameters:
    ///   - bringer: Who has come back with it.
    ///   - grant: Of which it must be; nil for any.
    /// - Returns: The grant that somebody has got.
    package func finishLogin(
        _ answer: LoginAnswer, by bringer: LoginBringer, of grant: ServerGrant? = nil
    ) async throws(GrantFailure) -> ServerGrant {
        let login = try logins.take(answer.state, by: bringer, of: grant)
        try await login.grant.finish(login, answer)
        return login.grant
    }

    /// A name of a file for any name of a server, and of a caller.
    static func digest(of server: String, _ caller: String?) -> String {
        // No text has the byte between them.
        let names = Array(server.utf8) + (caller.map { [0xFF] + Array($0.utf8) } ?? [])
        return Hexadecimal.text(of: SHA256.hash(data: names).prefix(16))
    }
}
