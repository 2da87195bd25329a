import Logging
import MCPCore
import MCPGateway
import MCPTestSupport
import MCPValues
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

@testable import MCPFrontEnd

/// The management API on a listener on loopback, admitted as the front door admits.
final class ManagementHarness: Sendable {
    static let name = "Host: localhost"
    static let owner = "Authorization: Bearer owner"

    let servers: ScriptedServers
    let timeline = RequestTimeline()
    private let listener: HTTPListener
    let port: Int

    init(
        tokens: [String] = ["owner"], serverTokens: [String]? = nil, clients: [String: Principal] = [:],
        isReachable: Bool = false,
        servers: ScriptedServers = ScriptedServers(),
        prefix: String = "", origin: String? = nil, configure: (inout ManagementAccess) -> Void = { _ in },
        now: @escaping @Sendable () -> NIODeadline = { .now() }
    ) async throws {
        self.servers = servers
        let credentials = Credentials()
        let serverTokens = serverTokens ?? (tokens.isEmpty ? [] : ["server"])
        let principals = tokens.enumerated().map { ($1, Principal.token(number: $0)) }
        for (token, principal) in principals { credentials.add(token, for: principal) }
        for token in serverTokens { credentials.add(token, for: Principal(name: token)) }
        for (token, principal) in clients { credentials.add(token, for: principal) }
        var access = ManagementAccess(
            callers: tokens.isEmpty && clients.isEmpty
                ? .everybody : .holders(Set(principals.map(\.1)), clientsOf: [.management(.read)]),
            isAskedElsewhere: !serverTokens.isEmpty, isReachable: isReachable,
            allowedOrigins: ["https://App.example"], prefix: prefix)
        configure(&access)
        var limits = HTTPLimits()
        // No test here is about time limits, and none must meet one on a busy machine.
        limits.headerTimeout = .seconds(60)
        listener = HTTPListener(limits: limits, logger: .silent)
        let log = LineLog()
        self.log = log
        let mayUse: @Sendable (Principal, String) -> Bool = { _, name in name != "hidden" }
        let endpoint = ManagementEndpoint(
            access, servers: servers, logger: log.logger, trail: nil, timeline: timeline,
            budget: ChangeBudget(now: now), mayUse: mayUse)
        let login = LoginEndpoint(
            servers, access: access, tickets: tickets, origin: origin, speaksTLS: false, audit: endpoint.audit,
            mayUse: mayUse)
        try await listener.bind(
            .port(0, host: "127.0.0.1"), eventLoops: MultiThreadedEventLoopGroup.singleton,
            handler: Door(endpoint: endpoint, login: login, credentials: credentials, prefix: prefix))
        port = listener.port ?? 0
    }

    private let log: LineLog
    /// What opens the pages for logins.
    let tickets = LoginTickets()

    deinit {
        listener.close()
    }

    /// The lines of the log, without the names of requests.
    var audit: [String] { log.lines.map { $0.replacing(#/ request=\S+/#, with: "") } }

    /// The answer to one request.
    func answer(
        _ method: String, _ path: String, _ headers: [String] = [owner], body: String? = nil
    ) async throws -> RawClient.Response {
        let client = try await RawClient(port: port)
        let length = body.map { ["Content-Length: \($0.utf8.count)"] } ?? []
        let lines = ["\(method) \(path) HTTP/1.1", Self.name] + headers + length + ["", body ?? ""]
        try await client.send(lines.joined(separator: "\r\n"))
        let response = try await client.response(hasBody: method != "HEAD")
        try await client.close()
        return response
    }

    /// The answer to a request with a JSON body.
    func send(_ method: String, _ path: String, _ body: String) async throws -> RawClient.Response {
        try await send(method, path, [Self.owner], body)
    }

    /// The answer to a request with a JSON body.
    func send(_ method: String, _ path: String, _ headers: [String], _ body: String) async throws
        -> RawClient.Response
    {
        try await answer(method, path, headers + ["Content-Type: application/json; charset=utf-8"], body: body)
    }

    /// Admits as the front door does, and has nothing else behind it.
    private final class Door: HTTPRequestHandler {
        let endpoint: ManagementEndpoint
        let login: LoginEndpoint
        let admission: Admission

        init(endpoint: ManagementEndpoint, login: LoginEndpoint, credentials: Credentials, prefix: String) {
            self.endpoint = endpoint
            self.login = login
            admission = Admission(
                hosts: HostPolicy(hosts: [], origins: ["https://app.example"], acceptsAddresses: false),
                credentials: credentials, prefix: prefix)
        }

        func admit(_ head: HTTPRequestFields) -> (destination: Destination, answerHeaders: [(String, String)]) {
            (destination(of: head), [])
        }

        private func destination(of head: HTTPRequestFields) -> Destination {
            do throws(Refusal) {
                let admitted = try admission.admit(head)
                return endpoint.admit(admitted) ?? login.admit(admitted)
                    // With a status that the API never gives.
                    ?? .refused(Refusal(.headTooLong, "this is not for the API"))
            } catch {
                return .refused(error)
            }
        }

        func decide(
            _ request: AdmittedRequest, on eventLoop: any EventLoop, _ then: @escaping @Sendable (Destination) -> Void
        ) {
            then(.refused(TokenRefusal.undecided.refusal))
        }

        func handle(_ destination: Destination, body: ByteBuffer, _ responder: HTTPResponder) {
            switch destination {
            case .management(let request): endpoint.handle(request, body: body, responder)
            case .login(let request): login.handle(request, body: body, responder)
            case .answered(let answer): answer.send(responder)
            case .refused(let refusal): responder.refuse(refusal)
            case .streamable, .eventStream, .status, .preflight, .adHoc, .dashboard, .document, .undecided:
                responder.respond(.imATeapot)
            }
        }

        func refused(_ request: RefusedRequest) {}
        func refuseBody(for destination: Destination, _ responder: HTTPResponder) {
            guard case .management(let request) = destination else {
                return responder.refuseBody(longerThan: destination.maximumBody)
            }
            endpoint.refuseBody(of: request, responder)
        }
    }
}

extension RawClient.Response {
    /// The body as JSON.
    var json: JSONView {
        get throws { try JSONText(scanning: ByteBuffer(string: body)).root }
    }

    /// The last part of the problem's type, of an answer that is a problem as it must be.
    var problem: String? {
        get throws {
            guard self["content-type"] == "application/problem+json", try json["status"]?.integer == Int64(status)
            else { return nil }
            return try json["type"]?.string.map { String($0.dropFirst("/api/problems/".count)) }
        }
    }
}
