import MCPGateway
import NIOHTTP1

/// The head of an HTTP request whose target, host and origin are in order.
struct AdmittedRequest: Sendable {
    let http: HTTPRequestFields
    let target: RequestTarget
    /// The web origin that sent it, when a browser did.
    let origin: String?

    fileprivate init(http: HTTPRequestFields, target: RequestTarget, origin: String?) {
        self.http = http
        self.target = target
        self.origin = origin
    }
}

/// An admitted request for an endpoint, and who makes it. Nothing unauthenticated goes further.
struct AuthenticatedRequest: Sendable {
    let admitted: AdmittedRequest
    let endpoint: Endpoint
    let principal: Principal

    var http: HTTPRequestFields { admitted.http }
    var route: Route { endpoint.published.route }

    fileprivate init(admitted: AdmittedRequest, endpoint: Endpoint, principal: Principal) {
        self.admitted = admitted
        self.endpoint = endpoint
        self.principal = principal
    }
}

/// Why a request goes no further.
struct Refusal: Error {
    let status: HTTPResponseStatus
    let reason: String
    var headers: [(String, String)] = []
    /// Set where the request itself is suspect, so that nothing after it on the connection is believed.
    var closesConnection = false
    /// The route that it was for, where that is known.
    var server: String?
}

/// The checks that every request passes before anything else happens.
struct Admission: Sendable {
    let hosts: HostPolicy

    /// Checks target, `Host` and `Origin`, before credentials and before the body is looked at.
    func admit(_ request: HTTPRequestFields) throws(Refusal) -> AdmittedRequest {
        let target: RequestTarget
        do throws(RequestTarget.Fault) {
            target = try RequestTarget(request.head.uri)
        } catch {
            throw Refusal(
                status: .badRequest, reason: "the request's path is not acceptable: \(error.rawValue)",
                closesConnection: true)
        }
        guard let host = request[.host], !request.isRepeated(.host) else {
            throw Refusal(status: .badRequest, reason: "exactly one Host header is needed", closesConnection: true)
        }
        guard hosts.acceptsHost(target.authority ?? host) else {
            throw Refusal(
                status: .forbidden,
                reason: "this host name is not accepted; set mcpProxy.baseURL to the address that clients use, or "
                    + "add the name to mcpProxy.allowedHosts"
            )
        }
        guard !request.isRepeated(.origin) else {
            throw Refusal(status: .badRequest, reason: "more than one Origin header", closesConnection: true)
        }
        let origin = request[.origin]
        if let origin, !hosts.acceptsOrigin(origin) {
            throw Refusal(
                status: .forbidden,
                reason: "this web origin may not use the proxy; add it to mcpProxy.allowedOrigins to allow it"
            )
        }
        if origin == nil, request[.secFetchSite] == "cross-site" {
            throw Refusal(status: .forbidden, reason: "cross-site requests are not accepted")
        }
        return AdmittedRequest(http: request, target: target, origin: origin)
    }

    /// Checks the credentials that the endpoint's route demands.
    func authenticate(_ request: AdmittedRequest, for endpoint: Endpoint) throws(Refusal) -> AuthenticatedRequest {
        let fields = request.http
        let shown = fields[.authorization]
        guard !fields.isRepeated(.authorization),
            let principal = endpoint.published.tokens.principal(authorization: shown)
        else {
            throw Refusal(
                status: .unauthorized,
                reason: shown == nil
                    ? "this server needs a token: send the header \"Authorization: Bearer <token>\""
                    : "the token is not valid for this server",
                headers: [("WWW-Authenticate", shown == nil ? "Bearer" : "Bearer error=\"invalid_token\"")]
            )
        }
        return AuthenticatedRequest(admitted: request, endpoint: endpoint, principal: principal)
    }
}
