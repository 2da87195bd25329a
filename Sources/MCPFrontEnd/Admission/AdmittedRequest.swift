import MCPGateway
import NIOHTTP1

/// The head of an HTTP request whose target, host and origin are in order.
struct AdmittedRequest: Sendable {
    let http: HTTPRequestFields
    let target: RequestTarget
    /// The web origin that sent it, when a browser did.
    let origin: String?
    /// What it shows of who sends it.
    var shown: ShownCredential
    /// Whether it came to where nothing but the metrics is.
    let isAtMetricsPlace: Bool

    fileprivate init(
        http: HTTPRequestFields, target: RequestTarget, origin: String?, shown: ShownCredential, isAtMetricsPlace: Bool
    ) {
        self.isAtMetricsPlace = isAtMetricsPlace
        self.http = http
        self.target = target
        self.origin = origin
        self.shown = shown
    }
}

/// An admitted request for an endpoint, and who makes it. Nothing unauthenticated goes further.
struct AuthenticatedRequest: Sendable {
    let admitted: AdmittedRequest
    let endpoint: Endpoint
    let principal: Principal
    /// Takes it where its body turns out to bring a server; nil where none can be brought.
    var bringing: AdHocEndpoint?

    var http: HTTPRequestFields { admitted.http }
    /// What it shows of who sends it.
    var shown: ShownCredential { admitted.shown }
    var offer: Offer { endpoint.route.offer }

    fileprivate init(admitted: AdmittedRequest, endpoint: Endpoint, principal: Principal) {
        self.admitted = admitted
        self.endpoint = endpoint
        self.principal = principal
    }
}

/// The checks that every request passes before anything else happens.
struct Admission: Sendable {
    let hosts: HostPolicy
    let credentials: Credentials
    /// The path of the base URL, without a slash at its end.
    let prefix: String
    /// Whether there is nothing here but the metrics.
    var isMetricsPlace = false

    /// The answer where there is no server; also to clients that may not know that there is one.
    var nothingHere: Refusal {
        Refusal(
            .unknownPath,
            "there is no server at this path; servers are at \(prefix)/{name}/mcp and \(prefix)/{name}/sse")
    }

    /// Checks target, `Host` and `Origin`, before credentials and before the body is looked at.
    func admit(_ request: HTTPRequestFields) throws(Refusal) -> AdmittedRequest {
        let target: RequestTarget
        do throws(RequestTarget.Fault) {
            target = try RequestTarget(request.head.uri)
        } catch {
            throw Refusal(.suspect, "the request's path is not acceptable: \(error.rawValue)")
        }
        guard !request.isRepeated(.host), request[.host] != nil || hosts.acceptsNoHost else {
            throw Refusal(.suspect, "exactly one Host header is needed")
        }
        if let host = target.authority ?? request[.host], !hosts.acceptsHost(host) {
            throw Refusal(
                .foreignHost,
                "this host name is not accepted; set mcpProxy.baseURL to the address that clients use, or "
                    + "add the name to mcpProxy.allowedHosts"
            )
        }
        guard !request.isRepeated(.origin) else {
            throw Refusal(.suspect, "more than one Origin header")
        }
        let origin = request[.origin]
        if let origin, !hosts.acceptsOrigin(origin) {
            throw Refusal(
                .foreignOrigin,
                "this web origin may not use the proxy; add it to mcpProxy.allowedOrigins to allow it"
            )
        }
        if origin == nil, request[.secFetchSite] == "cross-site", !isArrival(request, at: target.path) {
            throw Refusal(.foreignOrigin, "cross-site requests are not accepted")
        }
        if isMetricsPlace, ManagementPath(target.path, prefix: prefix) != .metrics {
            throw Refusal(.unknownPath, "there is nothing here but \(prefix)/metrics")
        }
        return AdmittedRequest(
            http: request, target: target, origin: origin, shown: credentials.shown(by: request),
            isAtMetricsPlace: isMetricsPlace)
    }

    /// Tells whether a person comes to a page of ours by a link from elsewhere, such as an authorization server's.
    private func isArrival(_ request: HTTPRequestFields, at path: String) -> Bool {
        request.method == .GET && request.header("sec-fetch-mode") == "navigate"
            && request.header("sec-fetch-dest") == "document"
            && (LoginPath(path, prefix: prefix) != nil || DashboardPath(path, prefix: prefix) == .page)
    }

    /// Checks that whoever sends a request may come to the endpoint.
    func authenticate(_ request: AdmittedRequest, for endpoint: Endpoint) throws(Refusal) -> AuthenticatedRequest {
        guard let principal = endpoint.route.access.principal(for: request.shown.principal) else {
            throw refusal(of: request.shown, at: endpoint.route)
        }
        return AuthenticatedRequest(admitted: request, endpoint: endpoint, principal: principal)
    }

    private func refusal(of shown: ShownCredential, at route: Route) -> Refusal {
        switch shown {
        case .none:
            return Refusal(
                .tokenMissing, "this server needs a token: send the header \"Authorization: Bearer <token>\"")
        case .known(let credential) where credential.principal.isNamed:
            guard let scope = route.access.scope(for: credential.principal) else { return nothingHere }
            var refusal = Refusal(.scopeMissing, "the token lacks a scope that is needed here")
            refusal.scopes = [scope]
            return refusal
        case .refused(let refusal):
            return refusal.refusal
        // Where clients have names, a token of nobody's is one that has ended or was mistyped: another one helps.
        case .unknown where !route.access.places.isEmpty:
            return Refusal(.tokenInvalid, "the token is not valid for this server")
        case .unknown, .known:
            return route.isOpenedByServers
                ? Refusal(.forbidden, "the token opens none of the servers that are offered here")
                : Refusal(.tokenInvalid, "the token is not valid for this server")
        }
    }
}
