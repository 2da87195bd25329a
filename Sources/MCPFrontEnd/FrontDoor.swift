package import Logging
package import MCPGateway
package import NIOCore
import NIOHTTP1
import Synchronization

/// What the front door has to know.
package struct FrontDoorSettings: Sendable {
    package var host: String?
    package var port: Int
    /// The path of the base URL, without a slash at its end.
    package var prefix: String
    package var hosts: HostPolicy
    package var limits: HTTPLimits
    /// The tokens with which the status of all servers may be read.
    package var statusTokens: RouteTokens

    package init(
        host: String?,
        port: Int,
        prefix: String,
        hosts: HostPolicy,
        limits: HTTPLimits,
        statusTokens: RouteTokens
    ) {
        self.host = host
        self.port = port
        self.prefix = prefix
        self.hosts = hosts
        self.limits = limits
        self.statusTokens = statusTokens
    }
}

/// Where HTTP requests enter: admitted, authenticated, then handed to the transport that they speak.
package final class FrontDoor: HTTPRequestHandler {
    package let listener: HTTPListener
    private let settings: FrontDoorSettings
    private let gateway: Gateway
    private let admission: Admission
    private let table: EndpointTable
    private let streamable: StreamableEndpoint
    private let eventStreams: EventStreamEndpoint
    private let status: StatusPages
    private let management = Mutex<Management?>(nil)
    private let logger: Logger

    /// What changes servers. Replaced as a whole when its settings change.
    private struct Management: Sendable {
        let endpoint: ManagementEndpoint
        let adHoc: AdHocEndpoint
    }

    package init(
        _ settings: FrontDoorSettings,
        gateway: Gateway,
        routes: [PublishedRoute],
        disabled: [String],
        logger: Logger
    ) {
        self.settings = settings
        self.gateway = gateway
        self.logger = logger
        self.listener = HTTPListener(limits: settings.limits, logger: logger)
        self.admission = Admission(hosts: settings.hosts)
        self.table = EndpointTable(routes, prefix: settings.prefix)
        self.streamable = StreamableEndpoint(gateway: gateway, limits: settings.limits)
        self.eventStreams = EventStreamEndpoint(gateway: gateway, limits: settings.limits, table: table)
        self.status = StatusPages(gateway: gateway, disabled: disabled, tokens: settings.statusTokens)
    }

    /// Opens the listener.
    package func open(on eventLoops: any EventLoopGroup) async throws(ListenerError) {
        try await listener.bind(host: settings.host, port: settings.port, eventLoops: eventLoops, handler: self)
    }

    /// Lets clients reach a server, in place of what had its paths before.
    package func publish(_ route: PublishedRoute) {
        gateway.publish(route.route)
        table.publish(route)
    }

    /// Takes a server away from clients.
    package func withdraw(_ route: Route) {
        table.withdraw(route)
        gateway.withdraw(route)
    }

    /// Notes which servers are left out, for those who ask for the status.
    package func show(disabled names: [String]) {
        status.show(disabled: names)
    }

    /// Lets servers be managed over HTTP, by these rules from now on.
    package func manage(_ access: ManagementAccess, servers: any ServerManagement & AdHocServers) {
        let endpoint = ManagementEndpoint(access, servers: servers, logger: logger)
        let adHoc = AdHocEndpoint(
            access: access, servers: servers, admission: admission, gateway: gateway, table: table,
            streamable: streamable, eventStreams: eventStreams, audit: endpoint.audit, budget: endpoint.budget)
        management.withLock { $0 = Management(endpoint: endpoint, adHoc: adHoc) }
    }

    /// Ends every stream and connection.
    package func close() {
        eventStreams.close()
        listener.close()
    }

    // MARK: Requests

    func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
        do throws(Refusal) {
            let admitted = try admission.admit(request)
            if status.handle(admitted, responder) { return }
            guard let endpoint = table.endpoint(at: admitted.target.path) else {
                if let management = management.withLock({ $0 }) {
                    if management.endpoint.handle(admitted, responder) { return }
                    try refuseGuest(request)
                    if management.adHoc.handle(admitted, responder) { return }
                }
                throw Refusal(
                    status: .notFound,
                    reason: "there is no server at this path; servers are at "
                        + "\(settings.prefix)/{name}/mcp and \(settings.prefix)/{name}/sse"
                )
            }
            try refuseGuest(request)
            if request.method == .OPTIONS {
                preflight(admitted, responder)
                return
            }
            let authenticated = try admission.authenticate(admitted, for: endpoint)
            switch endpoint.kind {
            case .streamable: streamable.handle(authenticated, responder)
            case .eventStream, .eventStreamMessages: eventStreams.handle(authenticated, responder)
            }
        } catch {
            responder.refuse(error)
        }
    }

    /// A connection beyond the maximum is there for management and health only.
    private func refuseGuest(_ request: HTTPRequest) throws(Refusal) {
        guard request.comesBeyondLimit else { return }
        throw Refusal(
            status: .serviceUnavailable,
            reason: "too many connections are open (limits.maxConnections); try again later",
            headers: [("Retry-After", "1")])
    }

    func headers(for request: HTTPRequest) -> [(String, String)] {
        guard let origin = request.fields[.origin], !request.fields.isRepeated(.origin),
            settings.hosts.acceptsOrigin(origin)
        else { return [] }
        return [
            ("Access-Control-Allow-Origin", origin), ("Vary", "Origin"),
            ("Access-Control-Expose-Headers", "Mcp-Session-Id, WWW-Authenticate"),
        ]
    }

    /// Answers a browser that asks what a page of an accepted origin may send.
    private func preflight(_ request: AdmittedRequest, _ responder: HTTPResponder) {
        guard request.origin != nil else {
            responder.refuse(
                .methodNotAllowed, "OPTIONS is only for browsers", headers: [("Allow", "GET, POST, DELETE")])
            return
        }
        responder.respond(
            .noContent,
            [
                ("Access-Control-Allow-Methods", "GET, POST, DELETE"),
                ("Access-Control-Allow-Headers", allowedHeaders(askedFor: request)),
                ("Access-Control-Max-Age", "600"),
            ]
        )
    }

    /// What a page may send. The fields that repeat arguments of a tool have names of the tool's choice.
    private func allowedHeaders(askedFor request: AdmittedRequest) -> String {
        let asked = request.http.head.headers["access-control-request-headers"].joined(separator: ",")
        let parameters = asked.split(separator: ",").map { $0.trimmingSpaces.lowercased() }
            .filter { $0.hasPrefix("mcp-param-") && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
        let fixed =
            "Authorization, Content-Type, Accept, Mcp-Session-Id, MCP-Protocol-Version, Last-Event-ID, Mcp-Method, Mcp-Name"
        return ([fixed] + parameters).joined(separator: ", ")
    }
}
