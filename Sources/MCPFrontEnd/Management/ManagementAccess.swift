import MCPGateway
import NIOHTTP1

/// Who may ask for what in the management API, and how much.
package struct ManagementAccess: Sendable {
    /// The tokens that open the API; without any, only a listener on loopback lets anything be changed.
    package var tokens: RouteTokens
    /// The tokens of servers. As soon as there is one, not everybody may do everything, so that the API needs a token
    /// of its own.
    package var serverTokens: RouteTokens
    /// Whether others than this machine's own programs can reach the proxy.
    package var isReachable: Bool
    /// Web origins that were configured, beside the loopback ones that the listener accepts anyway.
    package var allowedOrigins: Set<String>
    /// The longest body of a request.
    package var maximumBodyBytes = 256 << 10
    /// How many changes one principal may ask for in a minute.
    package var maximumChangesPerMinute = 60
    /// The path of the base URL, without a slash at its end.
    package var prefix: String

    package init(
        tokens: RouteTokens, serverTokens: RouteTokens, isReachable: Bool, allowedOrigins: Set<String>, prefix: String
    ) {
        self.tokens = tokens
        self.serverTokens = serverTokens
        self.isReachable = isReachable
        self.allowedOrigins = Set(allowedOrigins.map { $0.lowercased() })
        self.prefix = prefix
    }

    /// How far a request may go.
    enum Reach: Equatable {
        /// Which servers there are and whether they work, nothing else.
        case overview
        case everything
    }

    /// Who asks. Nothing is said yet about what they may ask for.
    func caller(_ request: AdmittedRequest) throws(ManagementProblem) -> ManagementCaller {
        guard !tokens.isEmpty else { return ManagementCaller(principal: .anonymous, hasToken: false) }
        let fields = request.http
        let shown = fields[.authorization]
        if !fields.isRepeated(.authorization) {
            if let principal = tokens.principal(authorization: shown) {
                return ManagementCaller(principal: principal, hasToken: true)
            }
            if !serverTokens.isEmpty, serverTokens.principal(authorization: shown) != nil {
                throw ManagementProblem(
                    .refused(.forbidden),
                    "this token opens servers, not the management API; use one of mcpProxy.management.authTokens")
            }
        }
        throw ManagementProblem(
            .unauthorized,
            shown == nil
                ? "the management API needs a token: send the header \"Authorization: Bearer <token>\""
                : "the token is not valid for the management API",
            headers: [("WWW-Authenticate", shown == nil ? "Bearer" : "Bearer error=\"invalid_token\"")])
    }

    /// Whether a caller may change something, as far as that depends on the way they come.
    func allowChange(_ request: AdmittedRequest, _ caller: ManagementCaller) throws(ManagementProblem) {
        guard !caller.hasToken else { return }
        guard serverTokens.isEmpty else {
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

    /// How much a caller may see.
    func reading(_ request: AdmittedRequest, _ caller: ManagementCaller) -> Reach {
        if caller.hasToken { return .everything }
        return isReachable || !serverTokens.isEmpty || isForeignPage(request) ? .overview : .everything
    }

    /// Whether a web page asks that nobody has allowed by name: any page on this machine's loopback could, without its
    /// user knowing. A browser names no origin where a page only embeds something; then it says how far away that is.
    private func isForeignPage(_ request: AdmittedRequest) -> Bool {
        if let origin = request.origin { return !allowedOrigins.contains(origin.lowercased()) }
        let fields = request.http
        guard let site = fields[.secFetchSite] else { return false }
        return fields.isRepeated(.secFetchSite) || !["same-origin", "none"].contains(site)
    }
}
