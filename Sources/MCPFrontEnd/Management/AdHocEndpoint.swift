import MCPCore
import MCPGateway
import NIOCore
import NIOHTTP1

/// Servers that clients bring with their sessions: `POST /sse` with the configuration in the body, and streamable HTTP
/// at `/mcp` with it in a header field or in the `_meta` of `initialize`.
struct AdHocEndpoint: Sendable {
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

    /// Says from its head where a request goes that is for one of the two paths; nil when it is for something else.
    func admit(_ request: AdmittedRequest) -> Destination? {
        do throws(ManagementProblem) {
            switch request.target.path {
            case "\(access.prefix)/sse": return try admitStream(request)
            case "\(access.prefix)/mcp": return try admitStreamable(request)
            default: return nil
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
        try spend(caller)
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
            let caller = try bringer(request)
            return .adHoc(
                AdHocRequest(
                    endpoint: self, admitted: request, kind: .streamable, caller: caller,
                    maximumBody: streamable.maximumBody(of: method)))
        }
        let caller = try access.caller(request)
        guard let offer = gateway.sessions.offer(ofSession: id, principal: caller.principal),
            let endpoint = table.endpoint(at: "\(access.prefix)/\(offer.name)/mcp")
        else {
            return .refused(
                Refusal(.unknownSession, "there is no such session; it has ended, or never was"))
        }
        do throws(Refusal) {
            let authenticated = try admission.authenticate(request, for: endpoint)
            return .streamable(authenticated, maximumBody: streamable.maximumBody(of: method))
        } catch {
            return .refused(error)
        }
    }

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
        start(try body.adHoc(), for: request.caller, responder) { route in
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
        guard let sent = try configuration(in: request.admitted, body) else { throw Self.wrongUse(access.prefix) }
        try spend(request.caller)
        start(sent.configuration, isShared: !sent.opensSession, for: request.caller, responder) { route in
            let path = "\(access.prefix)/\(route.offer.name)/mcp"
            let endpoint = Endpoint(path: path, kind: .streamable, route: route)
            do throws(Refusal) {
                streamable.handle(try admission.authenticate(request.admitted, for: endpoint), body: body, responder)
            } catch {
                responder.refuse(error)
            }
        }
    }

    /// The configuration that a request carries, and whether the request opens a session.
    private func configuration(
        in request: AdmittedRequest, _ body: ByteBuffer
    ) throws(ManagementProblem) -> (configuration: ByteBuffer, opensSession: Bool)? {
        let message: Message
        do {
            message = try Message(body, maximumDepth: streamable.limits.maximumJSONDepth)
        } catch {
            throw ManagementProblem(.notJSON, "the body is not a message of the protocol: \(error.reason)")
        }
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

    /// Who brings a server, if they may.
    private func bringer(_ request: AdmittedRequest) throws(ManagementProblem) -> ManagementCaller {
        try audited { record throws(ManagementProblem) in
            let caller = try access.caller(request)
            record.principal = caller.principal.name
            try access.allowChange(request, caller)
            return caller
        }
    }

    /// Counts one server.
    private func spend(_ caller: ManagementCaller) throws(ManagementProblem) {
        try audited { record throws(ManagementProblem) in
            record.principal = caller.principal.name
            if let seconds = budget.take(for: caller.principal) { throw .tooManyChanges(access, retryAfter: seconds) }
        }
    }

    private func audited<Value>(
        _ body: (inout ManagementAudit.Record) throws(ManagementProblem) -> Value
    ) throws(ManagementProblem) -> Value {
        var record = ManagementAudit.Record.adHoc
        do throws(ManagementProblem) {
            return try body(&record)
        } catch {
            audit.note(record, error)
            throw error
        }
    }

    /// Starts a server, then goes on with the request on the event loop of its connection.
    private func start(
        _ configuration: ByteBuffer, isShared: Bool = false, for caller: ManagementCaller, _ responder: HTTPResponder,
        then: @escaping @Sendable (Route) -> Void
    ) {
        var record = ManagementAudit.Record.adHoc
        record.principal = caller.principal.name
        // The owner of the servers is an actor.
        Task { [record] in
            do throws(ManagementRefusal) {
                let route = try await servers.open(configuration, isShared: isShared, for: caller)
                audit.note(record, status: .ok)
                responder.run { _ in then(route) }
            } catch {
                let problem = ManagementProblem(error)
                audit.note(record, problem)
                problem.answer.send(responder)
            }
        }
    }
}
