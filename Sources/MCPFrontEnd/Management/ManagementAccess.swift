package import MCPGateway
package import MCPValues
import NIOHTTP1

/// Says who may ask for what in the management API, and how much.
package struct ManagementAccess: Sendable {
    /// Who may use the API; where that is everybody, only a listener on loopback lets anything be changed.
    package var callers: Access
    /// Whether anything else asks who somebody is. Then not everybody may do everything, so that the API needs a token of
    /// its own.
    package var isAskedElsewhere: Bool
    /// Whether others than this machine's own programs can reach the proxy.
    package var isReachable: Bool
    /// Web origins that were configured, beside the loopback ones that the listener accepts anyway.
    package var allowedOrigins: Set<String>
    /// Whether the metrics are shown at a place of their own, and nowhere else.
    package var metricsHaveOwnPlace = false
    /// Whether others than this machine's own programs can reach that place.
    package var metricsPlaceIsReachable = false
    /// Whether everybody may read the metrics.
    package var showsMetricsToEverybody = false
    /// The longest body of a request.
    package var maximumBodyBytes = 256 << 10
    /// How many changes one principal may ask for in a minute.
    package var maximumChangesPerMinute = 60
    /// The path of the base URL, without a slash at its end.
    package var prefix: String

    package init(
        callers: Access, isAskedElsewhere: Bool, isReachable: Bool,
        allowedOrigins: Set<String>, prefix: String
    ) {
        self.callers = callers
        self.isAskedElsewhere = isAskedElsewhere
        self.isReachable = isReachable
        self.allowedOrigins = Set(allowedOrigins.map { $0.lowercased() })
        self.prefix = prefix
    }

    /// Says how far a request may go.
    enum Reach: Equatable {
        /// Which servers there are and whether they work, nothing else.
        case overview
        case everything
    }

    /// Whether whoever comes may change everything: only this machine's own programs can, and nobody is asked who he is.
    var isOpenToEverybody: Bool { !isAskedElsewhere && !isReachable }

    /// Tells how far somebody may go who is no stranger.
    package func right(of principal: Principal) -> ManagementRight {
        callers.isHeld(by: principal) ? .execute : principal.rights.management
    }

    /// Tells who asks. Nothing is said yet about what they may ask for.
    func caller(_ request: AdmittedRequest) throws(ManagementProblem) -> ManagementCaller {
        let shown = request.shown
        guard let principal = callers.principal(for: shown.principal) else { throw problem(of: shown) }
        return ManagementCaller(principal: principal, right: right(of: principal), shown: shown)
    }

    private func problem(of shown: ShownCredential) -> ManagementProblem {
        switch shown {
        case .none:
            ManagementProblem(
                .unauthorized, "the management API needs a token: send the header \"Authorization: Bearer <token>\"",
                headers: [("WWW-Authenticate", "Bearer")])
        case .refused(.scopesMissing), .refused(.nobodysRights):
            ManagementProblem(.refused(.forbidden), "the token does not open the management API")
        case .unknown, .refused(.invalid), .refused(.undecided):
            ManagementProblem(
                .unauthorized, "the token is not valid for the management API",
                headers: [("WWW-Authenticate", "Bearer error=\"invalid_token\"")])
        case .known(let credential) where credential.principal.isNamed:
            ManagementProblem(.unknownPath, "there is nothing at this path")
        case .known:
            ManagementProblem(
                .refused(.forbidden),
                "this token opens servers, not the management API; use one of mcpProxy.management.authTokens")
        }
    }

    /// Tells whether a caller may change something, as far as that depends on the way they come.
    func allowChange(_ request: AdmittedRequest, _ caller: ManagementCaller) throws(ManagementProblem) {
        guard !caller.isKnown else {
            guard caller.right >= .write else {
                throw ManagementProblem(
                    .refused(.forbidden),
                    "this client may read here and change nothing (\"management\" of the client is \"read\")")
            }
            return
        }
        guard !isAskedElsewhere else {
            throw ManagementProblem(
                .refused(.forbidden),
                "servers ask for tokens here, so that nothing can be changed without one for the management API; set "
                    + "mcpProxy.management.authTokens")
        }
        guard !isReachable else {
            throw ManagementProblem(
                .refused(.forbidden),
                "nothing can be changed without a token on an address that others can reach; set "
                    + "mcpProxy.management.authTokens")
        }
        if isForeignPage(request) {
            throw ManagementProblem(
                .refused(.forbidden),
                "a web page may change something only with a token, or from an origin that is listed in "
                    + "mcpProxy.allowedOrigins")
        }
    }

    /// Tells how much a caller may see.
    func reading(_ request: AdmittedRequest, _ caller: ManagementCaller) -> Reach {
        if caller.isKnown { return .everything }
        return isReachable || isAskedElsewhere || isForeignPage(request) ? .overview : .everything
    }

    /// Refuses the metrics to who is nobody, where others can reach the place at which they alone are.
    func allowMetrics(_ caller: ManagementCaller) throws(ManagementProblem) {
        guard metricsPlaceIsReachable, !caller.isKnown else { return }
        throw ManagementProblem(
            .unauthorized,
            "the metrics need a token on an address that others can reach: send the header \"Authorization: Bearer <token>\" "
                + "with one of mcpProxy.management.authTokens, or set mcpProxy.metrics.public",
            headers: [("WWW-Authenticate", "Bearer")])
    }

    /// Tells whether a web page asks that is not ours and that nobody has allowed by name: any page on this machine's
    /// loopback could, without its user knowing. A browser names no origin where a page only embeds something; then it
    /// says how far away that is.
    private func isForeignPage(_ request: AdmittedRequest) -> Bool {
        let fields = request.http
        if let origin = request.origin {
            return !allowedOrigins.contains(origin.lowercased()) && !isOwn(origin, fields)
        }
        guard let site = fields[.secFetchSite] else { return false }
        return fields.isRepeated(.secFetchSite) || !["same-origin", "none"].contains(site)
    }

    /// Tells whether an origin is where the request goes, and the browser says so as well: then its page is the dashboard.
    private func isOwn(_ origin: String, _ fields: HTTPRequestFields) -> Bool {
        guard !fields.isRepeated(.secFetchSite), fields[.secFetchSite] == "same-origin", let host = fields[.host] else {
            return false
        }
        return ["http://", "https://"].contains { ($0 + host).lowercased() == origin.lowercased() }
    }
}
