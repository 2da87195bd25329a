import Audit
import Logging
import MCPCore
import MCPGateway
import MCPValues
import Metrics
import NIOCore
import NIOHTTP1
import Recordings

/// The management API: which servers there are, and how they come, change and go.
///
/// Everything that needs no answer of the servers' owner is decided at once, in this order: path, token, cross-site,
/// method, how often, body.
package final class ManagementEndpoint: Sendable {
    private let access: ManagementAccess
    private let servers: any ServerManagement
    let audit: ManagementAudit
    private let budget: ChangeBudget
    private let timeline: RequestTimeline
    private let description: ByteBuffer
    /// Whether somebody may use a server of this name.
    private let mayUse: @Sendable (Principal, String) -> Bool

    /// - Parameters:
    ///   - servers: What owns the servers.
    ///   - logger: Gets a line for every change.
    ///   - trail: Where changes are written down as well.
    ///   - timeline: What is told of the requests of clients.
    ///   - budget: Of which changes are taken, also those that were asked for by other settings.
    ///   - mayUse: Whether somebody may use a server of this name.
    init(
        _ settings: ManagementAccess, servers: any ServerManagement, logger: Logger, trail: AuditTrail?,
        timeline: RequestTimeline, budget: ChangeBudget,
        mayUse: @escaping @Sendable (Principal, String) -> Bool
    ) {
        self.mayUse = mayUse
        self.timeline = timeline
        self.access = settings
        self.servers = servers
        self.audit = ManagementAudit(logger: logger, trail: trail)
        self.budget = budget
        self.description = ManagementDescription(prefix: settings.prefix).json
    }

    /// Tells whether a path is one of the API.
    func has(_ path: String) -> Bool { ManagementPath(path, prefix: access.prefix) != nil }

    /// Says from its head where a request goes that is for the API; nil when it is for something else.
    func admit(_ request: AdmittedRequest) -> Destination? {
        guard let path = ManagementPath(request.target.path, prefix: access.prefix) else { return nil }
        if path == .metrics, access.metricsHaveOwnPlace, !request.isAtMetricsPlace { return nil }
        let method = request.http.method
        if method == .OPTIONS { return .answered(preflight(request)) }
        var record = path.change(method).map { ManagementAudit.Record(change: $0, path: path, request.http.origin) }
        do throws(ManagementProblem) {
            if path.isPublic { return .answered(try openAnswer(path, method)) }
            if path == .metrics, access.showsMetricsToEverybody {
                try checkMethod(method, path.methods)
                return .management(publicMetrics(request))
            }
            let (caller, aim, problem) = try visit(path, request, &record)
            if request.isAtMetricsPlace { try access.allowMetrics(caller) }
            return .management(
                ManagementRequest(
                    endpoint: self, admitted: request, path: path, caller: caller, aim: aim, unlessOwnLogin: problem,
                    record: record, maximumBody: aim == .change ? access.maximumBodyBytes : 0))
        } catch {
            if let record { audit.note(record, error) }
            return .answered(error.answer)
        }
    }

    /// Returns the request as one of somebody who is asked nothing.
    private func publicMetrics(_ request: AdmittedRequest) -> ManagementRequest {
        ManagementRequest(
            endpoint: self, admitted: request, path: .metrics,
            caller: ManagementCaller(principal: .anonymous, right: .none, shown: .none), aim: .read,
            unlessOwnLogin: nil, record: nil, maximumBody: 0)
    }

    /// Takes a request that has come in full. A change that has begun goes on to its end when the client leaves.
    func handle(_ request: ManagementRequest, body: ByteBuffer, _ responder: HTTPResponder) {
        var record = request.record
        do throws(ManagementProblem) {
            if request.path == .traffic { return showTraffic(request, responder) }
            let operation = try operation(request, body, &record)
            // The owner of the servers is an actor. A change goes on to its end whether or not the client waits for it.
            Task { [record] in await perform(operation, request, record, responder) }
        } catch {
            if let record { audit.note(record, error) }
            error.answer.send(responder)
        }
    }

    /// Refuses a request whose body is too long.
    func refuseBody(of request: ManagementRequest, _ responder: HTTPResponder) {
        let problem = ManagementProblem.tooLarge(request.maximumBody)
        if let record = request.record { audit.note(record, problem) }
        problem.answer.send(responder)
    }

    // MARK: What is decided at once

    /// Answers a browser that asks what a page of an accepted origin may send.
    private func preflight(_ request: AdmittedRequest) -> ManagementAnswer {
        guard request.origin != nil else {
            return ManagementProblem(
                .methodNotAllowed, "OPTIONS is only for browsers", headers: [("Allow", "GET, POST, PUT, DELETE")]
            ).answer
        }
        return ManagementAnswer(
            .noContent, nil,
            headers: [
                ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE"),
                ("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept"),
                ("Access-Control-Max-Age", "600"),
            ])
    }

    private func openAnswer(_ path: ManagementPath, _ method: HTTPMethod) throws(ManagementProblem) -> ManagementAnswer
    {
        try checkMethod(method, path.methods)
        guard case .problem(let name) = path else { return ManagementAnswer(.ok, description) }
        guard let kind = ManagementProblem.Kind.allCases.first(where: { $0.name == name }) else {
            throw ManagementProblem(.unknownPath, "there is no problem of that type")
        }
        var object = JSONObjectWriter()
        object.add("type", kind.type)
        object.add("title", kind.title)
        object.add("status", Int(kind.status.code))
        return ManagementAnswer(.ok, object.finished)
    }

    private func checkMethod(_ method: HTTPMethod, _ allowed: [HTTPMethod]) throws(ManagementProblem) {
        guard !allowed.contains(method), !(method == .HEAD && allowed.contains(.GET)) else { return }
        let names = allowed.flatMap { $0 == .GET ? ["GET", "HEAD"] : [$0.rawValue] }.joined(separator: ", ")
        throw ManagementProblem(.methodNotAllowed, "use \(names)", headers: [("Allow", names)])
    }

    /// Returns who asks, and for what.
    ///
    /// - Returns: Also why that is refused unless it is about a login of the caller's own: whose logins those are is known to
    ///   the owner of the servers.
    private func visit(
        _ path: ManagementPath, _ request: AdmittedRequest, _ record: inout ManagementAudit.Record?
    ) throws(ManagementProblem) -> (ManagementCaller, ManagementRequest.Aim, ManagementProblem?) {
        do throws(ManagementProblem) {
            let caller = try access.caller(request)
            record?.principal = caller.principal.name
            return (caller, try aim(path, request, caller), nil)
        } catch {
            guard error.isForWantOfRights, let caller = userOfLogin(path, request) else { throw error }
            record?.principal = caller.principal.name
            try spend(caller)
            return (caller, .change, error)
        }
    }

    /// Returns who asks to log in or out, where he may use the server; nil for everything else.
    private func userOfLogin(_ path: ManagementPath, _ request: AdmittedRequest) -> ManagementCaller? {
        guard case .named(let text) = path, let (name, action) = ServerAction.split(text),
            action == .login || action == .logout, request.http.method == .POST,
            let principal = request.shown.principal, mayUse(principal, name)
        else { return nil }
        return ManagementCaller(principal: principal, right: access.right(of: principal), shown: request.shown)
    }

    private func spend(_ caller: ManagementCaller) throws(ManagementProblem) {
        if let seconds = budget.take(for: caller.principal, perMinute: access.maximumChangesPerMinute) {
            throw .tooManyChanges(access, retryAfter: seconds)
        }
    }

    /// Returns what a request is for, once it is certain that the caller may ask for it in this way.
    private func aim(
        _ path: ManagementPath, _ request: AdmittedRequest, _ caller: ManagementCaller
    ) throws(ManagementProblem) -> ManagementRequest.Aim {
        let method = request.http.method
        let isReading = method == .GET || method == .HEAD
        if !isReading || path.showsMessages { try access.allowChange(request, caller) }
        guard path != .unknown else {
            throw ManagementProblem(.unknownPath, "there is nothing at this path; see /api/openapi.json")
        }
        try checkMethod(method, path.methods)
        let reach = access.reading(request, caller)
        guard !isReading || path == .servers || reach == .everything else {
            throw ManagementProblem(
                .refused(.forbidden),
                "without a token only the list of servers is shown to web pages, and on an address that others can "
                    + "reach; set mcpProxy.management.authTokens")
        }
        if isReading { return path == .servers ? .list(reach) : .read }
        try spend(caller)
        return .change
    }

    /// Returns what is asked for, with what the body says.
    private func operation(
        _ request: ManagementRequest, _ bytes: ByteBuffer, _ record: inout ManagementAudit.Record?
    ) throws(ManagementProblem) -> ManagementOperation {
        switch request.aim {
        case .list(let reach): return .list(reach)
        case .read: return try Self.reading(request)
        case .change: break
        }
        let (path, method) = (request.path, request.admitted.http.method)
        // Where nothing said means everything, that has to be said, too.
        let isNeeded =
            if case .approval = path { true } else { path == .servers || path == .recordings || method == .PUT }
        let body = try ManagementBody(bytes, of: request.admitted.http, isNeeded: isNeeded)
        if path == .servers {
            let (name, configuration) = try body.addition()
            record?.server = name
            return .add(name, configuration)
        }
        if case .approval(let name) = path { return .pins(.approve(name, try body.approval())) }
        if path == .recordings {
            let rules = try body.recording()
            record?.server = rules.server
            record?.details = [
                "bodies=\(rules.bodies.rawValue)", "seconds=\(rules.seconds)", "maxBytes=\(rules.maximumBytes)",
            ]
            return .recordings(.begin(rules))
        }
        if path == .reload { return .reload(isRehearsal: try body.isRehearsal()) }
        if case .group(let name) = path, method == .PUT { return .group(.put(name, try body.replacement(of: name))) }
        if case .named(let name) = path, method == .PUT { return .replace(try body.replacement(of: name)) }
        if case .named(let text) = path, ServerAction.split(text)?.action == .login { return .login(try body.login()) }
        try body.expectNothing()
        if case .group(let name) = path { return .group(.remove(name)) }
        if case .recording(let id) = path { return .recordings(.remove(id)) }
        return method == .DELETE ? .remove : .act
    }

    private static func reading(_ request: ManagementRequest) throws(ManagementProblem) -> ManagementOperation {
        switch request.path {
        case .tools: .tools(ToolsOperation(request.admitted.target))
        case .access: .access(try AccessOperation(request.admitted.target))
        case .groups: .group(.list)
        case .group(let name): .group(.read(name))
        case .pins: .pins(.list)
        case .pinFile: .pins(.file)
        case .pin(let name): .pins(.read(name))
        case .configuration: .configuration
        case .recordings: .recordings(.list)
        case .recording(let id): .recordings(.read(id))
        case .metrics: .metrics(ExpositionFormat(accept: request.admitted.http.all(.accept)))
        case .servers, .named, .traffic, .approval, .reload, .description, .problem, .unknown: .read
        }
    }

    // MARK: What the owner of the servers is asked

    private func perform(
        _ operation: ManagementOperation, _ request: ManagementRequest, _ record: ManagementAudit.Record?,
        _ responder: HTTPResponder
    ) async {
        var record = record
        let head = request.admitted
        do throws(ManagementProblem) {
            if let problem = request.unlessOwnLogin, await !isOwnLogin(request.path) { throw problem }
            let target = try await target(request.path, head.http.method)
            if let target { record?.server = target.name }
            if case .action(.logs, let name) = target, head.http.method == .GET, Self.follows(head) {
                try await follow(name, head, responder)
                return
            }
            if case .recordings(.read(let id)) = operation, Self.follows(head) {
                return try await follow(recording: id, head, record, responder)
            }
            var requests = ServerRequests(servers: servers, caller: request.caller, prefix: access.prefix)
            requests.isForHimself = request.unlessOwnLogin != nil && !request.caller.isKnown
            if let record { try await audit.begin(record) }
            let answer = try await requests.answer(operation, target)
            if let record { audit.note(record, status: answer.status) }
            answer.send(responder)
        } catch {
            if let record { audit.note(record, error) }
            error.answer.send(responder)
        }
    }

    private func isOwnLogin(_ path: ManagementPath) async -> Bool {
        guard case .named(let text) = path, let (name, _) = ServerAction.split(text) else { return false }
        return await servers.hasPersonalLogin(name)
    }

    /// Returns what a path means that has a name in it: an action, if what stands before it names a server, else a server.
    private func target(_ path: ManagementPath, _ method: HTTPMethod) async throws(ManagementProblem) -> ServerTarget? {
        guard case .named(let text) = path else { return nil }
        guard let (name, action) = ServerAction.split(text) else { return .server(text) }
        let isServer = await servers.report(of: text) != nil
        let hasOwner = await servers.report(of: name) != nil
        if action.method == method || action.method == .GET && method == .HEAD {
            if hasOwner || !isServer { return .action(action, of: name) }
        } else if hasOwner, !isServer {
            try checkMethod(method, [action.method])
        }
        try checkMethod(method, [.GET, .PUT, .DELETE])
        return .server(text)
    }

    private static func follows(_ request: AdmittedRequest) -> Bool {
        if request.target.parameter("follow") == "true" { return true }
        let accepted = AcceptedTypes(request.http.all(.accept))
        return accepted.eventStream && !accepted.json
    }

    private func follow(
        _ name: String, _ request: AdmittedRequest, _ responder: HTTPResponder
    ) async throws(ManagementProblem) {
        guard let journal = await servers.journal(of: name) else { throw ManagementProblem(.unknown(name)) }
        JournalStream.begin(journal, after: Self.lastSeen(by: request) ?? 0, responder)
    }

    /// Returns the number of the last event that a client has; nil for none.
    private static func lastSeen(by request: AdmittedRequest) -> Int? {
        request.http.header("last-event-id").flatMap { Int($0) }
    }

    /// Shows the requests of clients. The owner of the servers is not asked.
    private func showTraffic(_ request: ManagementRequest, _ responder: HTTPResponder) {
        let (head, showsPrivate) = (request.admitted, request.caller.isKnown)
        guard head.http.method == .HEAD || !Self.follows(head) else {
            return TimelineStream.begin(
                timeline, after: Self.lastSeen(by: head) ?? 0, showsPrivate: showsPrivate, responder)
        }
        var object = JSONObjectWriter()
        object.add("requests", elements: timeline.look().filter { showsPrivate || !$0.isPrivate }.map(\.json))
        ManagementAnswer(.ok, object.finished).send(responder)
    }

    private func follow(
        recording id: String, _ request: AdmittedRequest, _ record: ManagementAudit.Record?, _ responder: HTTPResponder
    ) async throws(ManagementProblem) {
        guard let recording = await servers.recording(id) else { throw ManagementProblem(.unknownRecording(id)) }
        if let record { try await audit.begin(record) }
        if let record { audit.note(record, status: .ok) }
        RecordingStream.begin(recording, after: Self.lastSeen(by: request), responder)
    }
}
