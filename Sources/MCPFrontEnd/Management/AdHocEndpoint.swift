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

    /// Answers the request if it is for one of the two paths.
    func handle(_ request: AdmittedRequest, _ responder: HTTPResponder) -> Bool {
        do throws(ManagementProblem) {
            switch request.target.path {
            case "\(access.prefix)/sse":
                try openStream(request, responder)
            case "\(access.prefix)/mcp":
                try handleStreamable(request, responder)
            default: return false
            }
        } catch {
            error.answer.send(responder)
        }
        return true
    }

    // MARK: HTTP+SSE

    private func openStream(_ request: AdmittedRequest, _ responder: HTTPResponder) throws(ManagementProblem) {
        guard request.http.method == .POST else {
            throw ManagementProblem(
                .methodNotAllowed, "POST the configuration of a server here, or GET …/{name}/sse",
                headers: [("Allow", "POST")])
        }
        let caller = try change(request)
        let body = try ManagementBody(request.http, maximumBytes: access.maximumBodyBytes, isNeeded: true)
        start(try body.adHoc(), for: caller, request, responder) { published in
            let path = "\(access.prefix)/\(published.route.name)/sse"
            let endpoint = Endpoint(path: path, kind: .eventStream, published: published)
            let ended: @Sendable () -> Void = { [servers] in
                // The session does not wait for the end of its server.
                Task { await servers.close(published.route) }
            }
            do throws(Refusal) {
                let authenticated = try admission.authenticate(request, for: endpoint)
                try eventStreams.openStream(authenticated, responder, ended: ended)
            } catch {
                ended()
                responder.refuse(error)
            }
        }
    }

    // MARK: Streamable HTTP

    private func handleStreamable(_ request: AdmittedRequest, _ responder: HTTPResponder) throws(ManagementProblem) {
        if let id = request.http.header(StreamableEndpoint.sessionHeader) {
            let caller = try access.caller(request)
            guard let route = gateway.sessions.route(ofSession: id, principal: caller.principal),
                let endpoint = table.endpoint(at: "\(access.prefix)/\(route.name)/mcp")
            else { return responder.refuse(.notFound, "there is no such session; it has ended, or never was") }
            return handOn(request, endpoint, responder)
        }
        guard request.http.method == .POST, let sent = try configuration(in: request) else {
            throw ManagementProblem(
                .invalidRequest,
                "this path is for servers that clients bring: send the configuration in the header "
                    + "\(Self.header), or in params._meta[\"\(Self.metaKey)\"] of initialize; other servers are at "
                    + "\(access.prefix)/{name}/mcp")
        }
        let caller = try change(request)
        start(sent.configuration, isShared: !sent.opensSession, for: caller, request, responder) { published in
            let path = "\(access.prefix)/\(published.route.name)/mcp"
            handOn(request, Endpoint(path: path, kind: .streamable, published: published), responder)
        }
    }

    private func handOn(_ request: AdmittedRequest, _ endpoint: Endpoint, _ responder: HTTPResponder) {
        do throws(Refusal) {
            streamable.handle(try admission.authenticate(request, for: endpoint), responder)
        } catch {
            responder.refuse(error)
        }
    }

    /// The configuration that a request carries, and whether the request opens a session.
    private func configuration(
        in request: AdmittedRequest
    ) throws(ManagementProblem) -> (configuration: ByteBuffer, opensSession: Bool)? {
        guard isJSON(contentType: request.http.fields[.contentType]) else {
            throw ManagementProblem(.unsupportedMediaType, "send Content-Type: application/json")
        }
        let message: Message
        do {
            message = try Message(request.http.body)
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

    private func change(_ request: AdmittedRequest) throws(ManagementProblem) -> ManagementCaller {
        var record = ManagementAudit.Record.adHoc
        do throws(ManagementProblem) {
            let caller = try access.caller(request)
            record.principal = caller.principal.name
            try access.allowChange(request, caller)
            if let seconds = budget.take(for: caller.principal) { throw .tooManyChanges(access, retryAfter: seconds) }
            return caller
        } catch {
            audit.note(record, error)
            throw error
        }
    }

    /// Starts a server, then goes on with the request on the event loop of its connection.
    private func start(
        _ configuration: ByteBuffer, isShared: Bool = false, for caller: ManagementCaller, _ request: AdmittedRequest,
        _ responder: HTTPResponder, then: @escaping @Sendable (PublishedRoute) -> Void
    ) {
        var record = ManagementAudit.Record.adHoc
        record.principal = caller.principal.name
        // The owner of the servers is an actor.
        Task { [record] in
            do throws(ManagementRefusal) {
                let published = try await servers.open(configuration, isShared: isShared, for: caller)
                audit.note(record, status: .ok)
                responder.run { _ in then(published) }
            } catch {
                let problem = ManagementProblem(error)
                audit.note(record, problem)
                problem.answer.send(responder)
            }
        }
    }
}
