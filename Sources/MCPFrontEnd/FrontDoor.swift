package import Logging
package import MCPGateway
import Metrics
package import NIOCore
import NIOHTTP1
import Synchronization

/// Holds what the front door has to know.
package struct FrontDoorSettings: Sendable {
    package var place: ListenerPlace
    /// The path of the base URL, without a slash at its end.
    package var prefix: String
    package var hosts: HostPolicy
    package var limits: HTTPLimits
    /// What clients are shown; nil where they speak plain HTTP.
    package var tls: ListenerTLS?
    /// The tokens that are accepted.
    package var credentials: Credentials
    /// What opens the pages for logins.
    package var tickets: LoginTickets
    /// The origin of the base URL; nil where none is configured.
    package var origin: String?
    /// Who may read the status of the servers at first.
    package var statusAccess: Access
    /// How callers come by access tokens, and who judges them; nil where none are accepted.
    package var identity: ProtectedResource?

    package init(
        place: ListenerPlace,
        prefix: String,
        hosts: HostPolicy,
        limits: HTTPLimits,
        credentials: Credentials,
        statusAccess: Access,
        identity: ProtectedResource? = nil,
        origin: String? = nil,
        tickets: LoginTickets = LoginTickets()
    ) {
        self.tickets = tickets
        self.origin = origin
        self.place = place
        self.prefix = prefix
        self.hosts = hosts
        self.limits = limits
        self.credentials = credentials
        self.statusAccess = statusAccess
        self.identity = identity
    }
}

extension FrontDoorSettings {
    /// The same, keeping no tokens in force that are taken away later.
    fileprivate var forgettingAccess: FrontDoorSettings {
        var other = self
        other.statusAccess = .nobody
        return other
    }
}

/// Step 2 of 17 of a call: after ``ClientSocket``, before ``StreamableEndpoint``.
///
/// Lets HTTP requests in: admits and authenticates them, then hands them to the transport that they speak.
package final class FrontDoor: HTTPRequestHandler {
    package let listener: HTTPListener
    let settings: FrontDoorSettings
    private let gateway: Gateway
    let admission: Admission
    let table: EndpointTable
    private let streamable: StreamableEndpoint
    private let eventStreams: EventStreamEndpoint
    private let status: StatusPages
    private let management = Mutex<Management?>(nil)
    private let changes = ChangeBudget()
    private let logger: Logger
    private let eventLoops = Mutex<(any EventLoopGroup)?>(nil)

    /// Holds what changes servers. It is replaced as a whole when its settings change.
    private struct Management: Sendable {
        let endpoint: ManagementEndpoint
        let adHoc: AdHocEndpoint
        let login: LoginEndpoint
    }

    package init(
        _ settings: FrontDoorSettings,
        gateway: Gateway,
        routes: [Route],
        disabled: [String],
        logger: Logger
    ) {
        self.settings = settings.forgettingAccess
        self.gateway = gateway
        self.logger = logger
        self.listener = Self.listener(settings, gateway, logger)
        self.admission = Admission(hosts: settings.hosts, credentials: settings.credentials, prefix: settings.prefix)
        self.table = EndpointTable(routes, prefix: settings.prefix)
        self.streamable = StreamableEndpoint(gateway: gateway, limits: settings.limits)
        self.eventStreams = EventStreamEndpoint(gateway: gateway, limits: settings.limits, table: table)
        self.status = StatusPages(
            gateway: gateway, table: table, disabled: disabled, access: settings.statusAccess)
    }

    private static func listener(_ settings: FrontDoorSettings, _ gateway: Gateway, _ logger: Logger) -> HTTPListener {
        HTTPListener(limits: settings.limits, tls: settings.tls, meters: gateway.meters, logger: logger)
    }

    /// Returns a link with which a browser may log in to a server, below the base URL; it counts once and not for long.
    ///
    /// - Parameter caller: Who logs in for himself; nil for a login that counts for everybody.
    package func loginLink(to server: String, of caller: String?) -> String {
        "\(LoginPath.page(of: server))?ticket=\(settings.tickets.issue(for: server, of: caller))"
    }

    /// Links for logins to a server open nothing any more.
    package func forgetLoginLinks(to server: String) { settings.tickets.forget(server) }

    /// Opens the listener.
    package func open(on eventLoops: any EventLoopGroup) async throws(ListenerError) {
        self.eventLoops.withLock { $0 = eventLoops }
        try await listener.bind(settings.place, eventLoops: eventLoops, handler: self)
    }

    /// Opens a listener for the metrics alone.
    ///
    /// - Parameter hosts: The names by which it may be asked.
    /// - Returns: What has to be closed at the end.
    package func openMetrics(
        at place: ListenerPlace, hosts: HostPolicy, on eventLoops: any EventLoopGroup
    ) async throws(ListenerError) -> HTTPListener {
        let listener = Self.listener(settings, gateway, logger)
        let admission = Admission(
            hosts: hosts, credentials: settings.credentials, prefix: settings.prefix, isMetricsPlace: true)
        try await listener.bind(
            place, eventLoops: eventLoops, handler: MetricsDoor(frontDoor: self, admission: admission))
        return listener
    }

    /// Lets clients reach a server, in place of what had its paths before. Whoever may not come in any more is shown
    /// out at once.
    package func publish(_ route: Route) {
        guard let replaced = table.publish(route), replaced.access != route.access else { return }
        showOut { $0 == route.offer.name }
    }

    /// Shows everybody out who may not stay by what is in force now: with their rights, or with the token that they came
    /// with.
    package func showOut() { showOut { _ in true } }

    private func showOut(where isMeant: @escaping @Sendable (_ name: String) -> Bool) {
        listener.review(
            VisitorReview { [table] visitor in
                guard case .route(let name) = visitor.place, isMeant(name) else { return true }
                return !visitor.shown.isRevoked && table.keeps(visitor.principal, at: name)
            })
        // On each event loop after its connections, so that nothing is missed that they were about to begin.
        for eventLoop in eventLoops.withLock({ $0 })?.makeIterator().map({ $0 }) ?? [] {
            eventLoop.execute { [gateway, table] in
                gateway.closeSessions(reason: "the token was taken away") { offer, principal in
                    isMeant(offer.name) && !table.keeps(principal, at: offer.name)
                }
            }
        }
    }

    /// Returns what is offered under a name.
    package func offer(named name: String) -> Offer? { table.offer(named: name) }

    /// Takes a server away from clients.
    package func withdraw(_ offer: Offer) {
        table.withdraw(offer)
    }

    /// Notes which servers are left out, for those who ask for the status.
    package func show(disabled names: [String]) {
        status.show(disabled: names)
    }

    /// Lets servers be managed over HTTP, by these rules from now on.
    package func manage(_ access: ManagementAccess, servers: any ServerManagement & AdHocServers & LoginDesk) {
        let mayUse: @Sendable (Principal, String) -> Bool = { [table] in table.admits($0, at: $1) }
        let endpoint = ManagementEndpoint(
            access, servers: servers, logger: logger, trail: gateway.audit, timeline: gateway.timeline,
            budget: changes, mayUse: mayUse)
        let adHoc = AdHocEndpoint(
            access: access, servers: servers, admission: admission, gateway: gateway, table: table,
            streamable: streamable, eventStreams: eventStreams, audit: endpoint.audit, budget: changes)
        let login = LoginEndpoint(
            servers, access: access, tickets: settings.tickets, origin: settings.origin,
            speaksTLS: settings.tls != nil, audit: endpoint.audit, mayUse: mayUse)
        management.withLock { $0 = Management(endpoint: endpoint, adHoc: adHoc, login: login) }
        listener.review(
            VisitorReview { visitor in
                guard case .management = visitor.place else { return true }
                return !visitor.shown.isRevoked && access.callers.keeps(visitor.principal)
            })
    }

    /// Shows the status of the servers to these, and to nobody else from now on.
    package func showStatus(to access: Access) {
        status.show(to: access)
    }

    /// Ends every stream and connection.
    package func close() {
        eventStreams.close()
        listener.close()
    }

    // MARK: Requests

    /// Tells whether somebody asks at a path who sends a request.
    func asksWhoComes(to path: String) -> Bool {
        if table.endpoint(at: path) != nil || status.asksWhoReads(path) { return true }
        return management.withLock { $0 }.map {
            $0.endpoint.has(path) || $0.adHoc.has(path) || $0.login.has(path)
        } ?? false
    }

    func admit(_ head: HTTPRequestFields) -> (destination: Destination, answerHeaders: [(String, String)]) {
        (destination(of: head, by: admission), answerHeaders(for: head))
    }

    /// - Parameter admission: That of the place to which the request came.
    func destination(of head: HTTPRequestFields, by admission: Admission) -> Destination {
        do throws(Refusal) {
            let admitted = try admission.admit(head)
            if let identity = settings.identity {
                if let destination = metadata(admitted, of: identity) { return destination }
                try refuseTokenInQuery(admitted)
                if case .unknown = admitted.shown, isToBeJudged(admitted) { return .undecided(admitted) }
                noteToken(of: admitted, identity.judge)
            }
            return destination(of: admitted)
        } catch {
            return .refused(error)
        }
    }

    /// Tells where a request goes of which it is known who sends it.
    func destination(of request: AdmittedRequest) -> Destination {
        do throws(Refusal) {
            if request.isAtMetricsPlace { return try elsewhere(request) }
            if status.has(request.target.path) { return .status(request) }
            guard let endpoint = table.endpoint(at: request.target.path) else { return try elsewhere(request) }
            if endpoint.isForAll { return try admitForAll(request, at: endpoint) }
            try refuseGuest(request.http)
            if request.http.method == .OPTIONS { return try preflight(request, at: endpoint) }
            return destination(of: try authenticate(request, for: endpoint))
        } catch {
            var refusal = error
            refusal.challenge = settings.identity?.challenge(for: error, request)
            refusal.principal = request.shown.principal
            return .refused(refusal)
        }
    }

    private func destination(of request: AuthenticatedRequest) -> Destination {
        switch request.endpoint.kind {
        case .streamable: .streamable(request, maximumBody: streamable.maximumBody(of: request.http.method))
        case .eventStream, .eventStreamMessages:
            .eventStream(request, maximumBody: eventStreams.maximumBody(of: request))
        }
    }

    /// A browser that asks what it may send shows nothing of who it is. Who does, and may not come, does not learn what is
    /// there.
    private func preflight(_ request: AdmittedRequest, at endpoint: Endpoint) throws(Refusal) -> Destination {
        if let principal = request.shown.principal, principal.isNamed, !endpoint.route.access.admits(principal) {
            throw admission.nothingHere
        }
        return .preflight(request)
    }

    /// Tells where a request goes at the endpoint for all servers: some are for servers that clients bring, which the
    /// head tells of most of them.
    private func admitForAll(_ request: AdmittedRequest, at endpoint: Endpoint) throws(Refusal) -> Destination {
        try refuseGuest(request.http)
        if request.http.method == .OPTIONS { return try preflight(request, at: endpoint) }
        let adHoc = management.withLock { $0?.adHoc }
        if let adHoc, adHoc.isMeant(request, at: endpoint) { return try elsewhere(request) }
        let mayBring = AdHocEndpoint.mayBeMeant(request, at: endpoint)
        do throws(Refusal) {
            var authenticated = try authenticate(request, for: endpoint)
            // What belongs to a session brings no server.
            if mayBring, request.http[.sessionID] == nil { authenticated.bringing = adHoc }
            return destination(of: authenticated)
        } catch {
            if mayBring, let destination = adHoc?.admit(request, orElse: error) { return destination }
            throw error
        }
    }

    private func authenticate(
        _ request: AdmittedRequest, for endpoint: Endpoint
    ) throws(Refusal) -> AuthenticatedRequest {
        do throws(Refusal) {
            return try admission.authenticate(request, for: endpoint)
        } catch {
            var refusal = error
            refusal.server = endpoint.route.offer.name
            throw refusal
        }
    }

    /// Counts it, and leaves a line where `logEnabled` asks for it: at the server that the request was for, or, where there
    /// is none, at any. Many that are equal leave a few and their number.
    func refused(_ request: RefusedRequest) {
        gateway.meters.refusals.add(request.kind)
        let offer = request.server.flatMap { table.offer(named: $0) }
        guard offer?.logsRequests ?? table.offers.contains(where: \.logsRequests) else { return }
        logger.notice("request refused", metadata: request.facts(at: offer))
    }

    /// A connection beyond the maximum is there for management and health only.
    private func refuseGuest(_ head: HTTPRequestFields) throws(Refusal) {
        guard head.comesBeyondLimit else { return }
        throw Refusal(
            .tooManyConnections, "too many connections are open (limits.maxConnections); try again later")
    }

    /// Tells where a request goes that is for none of the servers.
    private func elsewhere(_ request: AdmittedRequest) throws(Refusal) -> Destination {
        if let management = management.withLock({ $0 }) {
            if let destination = management.endpoint.admit(request) { return destination }
            try refuseGuest(request.http)
            if let destination = management.adHoc.admit(request) { return destination }
            if let destination = management.login.admit(request) { return destination }
        }
        if let destination = DashboardEndpoint.admit(request, prefix: settings.prefix) { return destination }
        throw admission.nothingHere
    }

    func handle(_ destination: Destination, body: ByteBuffer, _ responder: HTTPResponder) {
        switch destination {
        case .streamable(let request, _): streamable.handle(request, body: body, responder)
        case .eventStream(let request, _): eventStreams.handle(request, body: body, responder)
        case .status(let request): status.handle(request, responder)
        case .preflight(let request): preflight(request, responder)
        case .management(let request): request.endpoint.handle(request, body: body, responder)
        case .adHoc(let request): request.endpoint.handle(request, body: body, responder)
        case .login(let request): request.endpoint.handle(request, body: body, responder)
        case .answered(let answer): answer.send(responder)
        case .dashboard(let answer): answer.send(responder)
        case .document(let json):
            responder.respond(
                .ok, json: json,
                [("Cache-Control", settings.identity?.origin.configured == nil ? "no-store" : "public, max-age=300")])
        // It is decided before its body is read.
        case .undecided: responder.refuse(TokenRefusal.undecided.refusal)
        case .refused(let refusal): responder.refuse(refusal)
        }
    }

    func refuseBody(for destination: Destination, _ responder: HTTPResponder) {
        switch destination {
        case .management(let request): request.endpoint.refuseBody(of: request, responder)
        case .adHoc(let request): request.endpoint.refuseBody(of: request, responder)
        case .login, .streamable, .eventStream, .status, .preflight, .answered, .dashboard, .document, .undecided,
            .refused:
            responder.refuseBody(longerThan: destination.maximumBody)
        }
    }

    private func answerHeaders(for head: HTTPRequestFields) -> [(String, String)] {
        guard let origin = head[.origin], !head.isRepeated(.origin), settings.hosts.acceptsOrigin(origin)
        else { return [] }
        return [
            ("Access-Control-Allow-Origin", origin), ("Vary", "Origin"),
            ("Access-Control-Expose-Headers", "Mcp-Session-Id, WWW-Authenticate, X-Request-Id"),
        ]
    }

    /// Answers a browser that asks what a page of an accepted origin may send.
    private func preflight(_ request: AdmittedRequest, _ responder: HTTPResponder) {
        guard request.origin != nil else {
            responder.refuse(Refusal(.methodNotAllowed("GET, POST, DELETE"), "OPTIONS is only for browsers"))
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

    /// Says what a page may send. The fields that repeat arguments of a tool have names of the tool's choice.
    private func allowedHeaders(askedFor request: AdmittedRequest) -> String {
        let asked = request.http.head.headers["access-control-request-headers"].joined(separator: ",")
        let parameters = asked.split(separator: ",").map { $0.trimmingSpaces.lowercased() }
            .filter { $0.hasPrefix("mcp-param-") && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
        let fixed =
            "Authorization, Content-Type, Accept, Mcp-Session-Id, MCP-Protocol-Version, Last-Event-ID, Mcp-Method, Mcp-Name, "
            + NarrowingReader.headers
        return ([fixed] + parameters).joined(separator: ", ")
    }
}
