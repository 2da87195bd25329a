import MCPCore
import MCPGateway
import NIOCore
import NIOHTTP1

/// Servers that clients bring with their sessions: `POST /sse` with the configuration in the body, and streamable HTTP
/// at `/mcp` with it in a header field or in the `_meta` of `initialize`.
///
/// Both are paths of the endpoint for all servers as well. What brings a server is judged by the rules of the management
/// API alone, and what does not by those of the endpoint alone.
final class AdHocEndpoint: Sendable {
    /// Carries the configuration of a server to `/mcp`: its JSON in base64 (RFC 4648 §4).
    static let header = "Mcp-Proxy-Server"
    /// Carries it in the `_meta` of `initialize`, as JSON.
    static let metaKey = "mcp-proxy/server"

    let access: ManagementAccess
    let servers: any AdHocServers
    let admission: Admission
    let gateway: Gateway
    let table: EndpointTable
    let streamable: StreamableEndpoint
    let eventStreams: EventStreamEndpoint
    let audit: ManagementAudit
    let budget: ChangeBudget

    init(
        access: ManagementAccess, servers: any AdHocServers, admission: Admission, gateway: Gateway,
        table: EndpointTable, streamable: StreamableEndpoint, eventStreams: EventStreamEndpoint,
        audit: ManagementAudit, budget: ChangeBudget
    ) {
        self.access = access
        self.servers = servers
        self.admission = admission
        self.gateway = gateway
        self.table = table
        self.streamable = streamable
        self.eventStreams = eventStreams
        self.audit = audit
        self.budget = budget
    }

    // MARK: Beside the endpoint for all servers

    /// Tells whether a request for the endpoint's paths brings a server, or goes on with one, as far as its head tells.
    func isMeant(_ request: AdmittedRequest, at endpoint: Endpoint) -> Bool {
        switch endpoint.kind {
        case .eventStream: request.http.method == .POST
        case .eventStreamMessages: false
        case .streamable:
            if let id = request.http[.sessionID], let offer = gateway.sessions.offer(ofSession: id) {
                offer !== endpoint.route.offer
            } else {
                request.http[.proxyServer] != nil
            }
        }
    }

    /// Tells whether the body of a request may bring a server although its head does not.
    static func mayBeMeant(_ request: AdmittedRequest, at endpoint: Endpoint) -> Bool {
        endpoint.kind == .streamable && request.http.method == .POST
    }

    /// Tells whether a message brings a server.
    static func isMeant(_ message: Message) -> Bool {
        message.view(message.envelope.meta)?[metaKey] != nil
    }

    /// Takes a request whose sender the endpoint refuses: it may bring a server all the same, or go on with one that
    /// has ended.
    ///
    /// - Returns: nil when its sender may not bring one either.
    func admit(_ request: AdmittedRequest, orElse refusal: Refusal) -> Destination? {
        guard isJSON(contentType: request.http[.contentType]) else { return nil }
        do throws(ManagementProblem) {
            let caller = try access.caller(request)
            guard request.http[.sessionID] == nil else { return .refused(Self.unknownSession) }
            try access.allowChange(request, caller)
            return .adHoc(adHoc(request, caller, orElse: refusal))
        } catch {
            return nil
        }
    }

    /// Takes a request that the endpoint has let in and whose body brings a server.
    func take(_ request: AdmittedRequest, body: ByteBuffer, _ responder: HTTPResponder) {
        do throws(ManagementProblem) {
            try openStreamable(adHoc(request, try bringer(request)), body, responder)
        } catch {
            error.answer.send(responder)
        }
    }

    private func adHoc(
        _ request: AdmittedRequest, _ caller: ManagementCaller, orElse refusal: Refusal? = nil
    ) -> AdHocRequest {
        AdHocRequest(
            endpoint: self, admitted: request, kind: .streamable, caller: caller,
            maximumBody: streamable.maximumBody(of: .POST), otherwise: refusal)
    }

    // MARK: From the head

    /// Returns what stands at a path beside the servers' own; nil where it is not one of the two.
    private func kind(at path: String) -> Endpoint.Kind? {
        switch path {
        case "\(access.prefix)/sse", "\(access.prefix)/sse/": .eventStream
        case "\(access.prefix)/mcp", "\(access.prefix)/mcp/": .streamable
        default: nil
        }
    }

    /// Tells whether a path is one of the two.
    func has(_ path: String) -> Bool { kind(at: path) != nil }

    /// Says from its head where a request goes that is for one of the two paths; nil when it is for something else.
    func admit(_ request: AdmittedRequest) -> Destination? {
        do throws(ManagementProblem) {
            switch kind(at: request.target.path) {
            case .eventStream: return try admitStream(request)
            case .streamable: return try admitStreamable(request)
            case .eventStreamMessages, nil: return nil
            }
        } catch {
            return .answered(error.answer)
        }
    }

    private func admitStream(_ request: AdmittedRequest) throws(ManagementProblem) -> Destination {
        guard request.http.method == .POST else {
            throw ManagementProblem(
                .methodNotAllowed, "POST the configuration of a server here, or GET …/{name}/sse",
                headers: [("Allow", "POST")])
        }
        let caller = try bringer(request)
        try spend(caller, for: request.http.origin)
        return .adHoc(
            AdHocRequest(
                endpoint: self, admitted: request, kind: .eventStream, caller: caller,
                maximumBody: access.maximumBodyBytes))
    }

    private func admitStreamable(_ request: AdmittedRequest) throws(ManagementProblem) -> Destination {
        let method = request.http.method
        guard let id = request.http[.sessionID] else {
            _ = try access.caller(request)
            guard method == .POST else { throw Self.wrongUse(access.prefix) }
            guard isJSON(contentType: request.http[.contentType]) else {
                throw ManagementProblem(.unsupportedMediaType, "send Content-Type: application/json")
            }
            return .adHoc(adHoc(request, try bringer(request)))
        }
        let caller = try access.caller(request)
        guard let offer = gateway.sessions.offer(ofSession: id, principal: caller.principal),
            let endpoint = table.endpoint(at: "\(access.prefix)/\(offer.name)/mcp")
        else {
            return .refused(Self.unknownSession)
        }
        do throws(Refusal) {
            let authenticated = try admission.authenticate(request, for: endpoint)
            return .streamable(authenticated, maximumBody: streamable.maximumBody(of: method))
        } catch {
            return .refused(error)
        }
    }

    private static let unknownSession = Refusal(
        .unknownSession, "there is no such session; it has ended, or never was")

    private static func wrongUse(_ prefix: String) -> ManagementProblem {
        ManagementProblem(
            .invalidRequest,
            "this path is for servers that clients bring: send the configuration in the header "
                + "\(header), or in params._meta[\"\(metaKey)\"] of initialize; other servers are at "
                + "\(prefix)/{name}/mcp")
    }

    /// Takes a request that has come in full.
    func handle(_ request: AdHocRequest, body: ByteBuffer, _ responder: HTTPResponder) {
        do throws(ManagementProblem) {
            switch request.kind {
            case .eventStream: try openStream(request, body, responder)
            case .streamable: try openStreamable(request, body, responder)
            }
        } catch {
            error.answer.send(responder)
        }
    }

    /// Refuses a request whose body is too long.
    func refuseBody(of request: AdHocRequest, _ responder: HTTPResponder) {
        switch request.kind {
        case .eventStream: ManagementProblem.tooLarge(request.maximumBody).answer.send(responder)
        case .streamable: responder.refuseBody(longerThan: request.maximumBody)
        }
    }

    // MARK: HTTP+SSE

    private func openStream(
        _ request: AdHocRequest, _ body: ByteBuffer, _ responder: HTTPResponder
    ) throws(ManagementProblem) {
        let body = try ManagementBody(body, of: request.admitted.http, isNeeded: true)
        start(try body.adHoc(), for: request.caller, responder) { [self] route in
            let path = "\(access.prefix)/\(route.offer.name)/sse"
            let endpoint = Endpoint(path: path, kind: .eventStream, route: route)
            let ended: @Sendable () -> Void = { [servers] in
                // The session does not wait for the end of its server.
                Task { await servers.close(route.offer) }
            }
            do throws(Refusal) {
                let authenticated = try admission.authenticate(request.admitted, for: endpoint)
                try eventStreams.openStream(authenticated, responder, ended: ended)
            } catch {
                ended()
                responder.refuse(error)
            }
        }
    }

    // MARK: Streamable HTTP

    private func openStreamable(
        _ request: AdHocRequest, _ body: ByteBuffer, _ responder: HTTPResponder
    ) throws(ManagementProblem) {
        guard let sent = try configuration(of: request, body) else {
            guard let refusal = request.otherwise else { throw Self.wrongUse(access.prefix) }
            return responder.refuse(refusal)
        }
        try spend(request.caller, for: responder.origin)
        start(sent.configuration, isShared: !sent.opensSession, for: request.caller, responder) { [self] route in
            let path = "\(access.prefix)/\(route.offer.name)/mcp"
            let endpoint = Endpoint(path: path, kind: .streamable, route: route)
            do throws(Refusal) {
                streamable.handle(try admission.authenticate(request.admitted, for: endpoint), body: body, responder)
            } catch {
                responder.refuse(error)
            }
        }
    }

    /// Returns the configuration that a request carries, and whether the request opens a session; nil when it brings
    /// none.
    private func configuration(
        of adHoc: AdHocRequest, _ body: ByteBuffer
    ) throws(ManagementProblem) -> (configuration: ByteBuffer, opensSession: Bool)? {
        let message: Message
        do {
            message = try Message(body, maximumDepth: streamable.limits.maximumJSONDepth)
        } catch {
            throw ManagementProblem(.notJSON, "the body is not a message of the protocol: \(error.reason)")
        }
        let request = adHoc.admitted
        if adHoc.otherwise != nil, !Self.isMeant(message) { return nil }
        let opensSession = message.method == .initialize
        guard opensSession || message.envelope.metadata.protocolVersion != nil else {
            throw ManagementProblem(
                .invalidRequest, "begin with initialize, or state the revision in _meta as of 2026-07-28")
        }
        if let encoded = request.http.header(Self.header) {
            guard let configuration = Base64.decode(encoded.utf8) else {
                throw ManagementProblem(.invalidRequest, "\(Self.header) is not base64 (RFC 4648, with padding)")
            }
            return (ByteBuffer(bytes: configuration), opensSession)
        }
        guard opensSession, let sent = message.params?["_meta"]?[Self.metaKey], sent.isObject else { return nil }
        return (sent.bytes, true)
    }

    // MARK: Both

    /// Tells who brings a server, if they may.
    private func bringer(_ request: AdmittedRequest) throws(ManagementProblem) -> ManagementCaller {
        try audited(request.http.origin) { record throws(ManagementProblem) in
            let caller = try access.caller(request)
            record.principal = caller.principal.name
            try access.allowChange(request, caller)
            return caller
        }
    }

    /// Counts one server.
    private func spend(_ caller: ManagementCaller, for origin: RequestOrigin) throws(ManagementProblem) {
        try audited(origin) { record throws(ManagementProblem) in
            record.principal = caller.principal.name
            let most = access.maximumChangesPerMinute
            if let seconds = budget.take(for: caller.principal, perMinute: most) {
                throw .tooManyChanges(access, retryAfter: seconds)
            }
        }
    }

    private func audited<Value>(
        _ origin: RequestOrigin, _ body: (inout ManagementAudit.Record) throws(ManagementProblem) -> Value
    ) throws(ManagementProblem) -> Value {
        var record = ManagementAudit.Record.adHoc(origin)
        do throws(ManagementProblem) {
            return try body(&record)
        } catch {
            audit.note(record, error)
            throw error
        }
    }

    private func open(
        _ configuration: ByteBuffer, isShared: Bool, for caller: ManagementCaller
    ) async throws(ManagementProblem) -> Route {
        do throws(ManagementRefusal) {
            return try await servers.open(configuration, isShared: isShared, for: caller)
        } catch {
            throw ManagementProblem(error)
        }
    }

    /// Starts a server, then goes on with the request on the event loop of its connection.
    private func start(
        _ configuration: ByteBuffer, isShared: Bool = false, for caller: ManagementCaller, _ responder: HTTPResponder,
        then: @escaping @Sendable (Route) -> Void
    ) {
        var record = ManagementAudit.Record.adHoc(responder.origin)
        record.principal = caller.principal.name
        // The owner of the servers is an actor.
        Task { [record] in
            do throws(ManagementProblem) {
                try await audit.begin(record)
                let route = try await open(configuration, isShared: isShared, for: caller)
                audit.note(record, status: .ok)
                responder.runNowOrLater { _ in then(route) }
            } catch {
                audit.note(record, error)
                error.answer.send(responder)
            }
        }
    }
}
