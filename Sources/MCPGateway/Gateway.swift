import Logging
package import MCPCore
import MCPUpstream
import MCPValues
package import NIOCore
import Synchronization

/// The bounds of what clients may hold.
package struct GatewayLimits: Sendable {
    package var maximumSessions = 10_000
    package var maximumSessionsPerPrincipal = 1_024
    package var maximumCalls = 4_096
    package var maximumCallsPerPrincipal = 1_024
    package var maximumServerRequestsInFlight = 16
    package var interactionTimeout: Duration = .seconds(300)
    package var sessionIdleTimeout: Duration = .seconds(1_800)
    package var sessionLifetime: Duration = .seconds(86_400)

    package init() {}
}

/// Where clients' sessions meet servers.
package final class Gateway: Sendable {
    package let sessions: SessionStore
    package let calls: CallCounter
    let taskSeal: TaskSeal
    let suspended: SuspendedCalls
    let subscriptions: OpenSubscriptions
    package let limits: GatewayLimits
    let routes: Mutex<[ByteText: Route]>
    private let draining = Mutex(false)

    package init(routes: [Route], limits: GatewayLimits, taskSeal: TaskSeal = TaskSeal(secrets: [:])) {
        self.limits = limits
        self.taskSeal = taskSeal
        self.suspended = SuspendedCalls(
            maximumCount: limits.maximumCalls,
            maximumPerPrincipal: limits.maximumCallsPerPrincipal
        )
        self.sessions = SessionStore(
            maximumCount: limits.maximumSessions,
            maximumPerPrincipal: limits.maximumSessionsPerPrincipal
        )
        self.subscriptions = OpenSubscriptions(
            maximumCount: limits.maximumSessions,
            maximumPerPrincipal: limits.maximumSessionsPerPrincipal
        )
        self.calls = CallCounter(maximum: limits.maximumCalls, maximumPerPrincipal: limits.maximumCallsPerPrincipal)
        self.routes = Mutex(Dictionary(routes.map { (ByteText($0.name), $0) }) { $1 })
    }

    /// The route of that name.
    package func route(named name: String) -> Route? {
        routes.withLock { $0[ByteText(name)] }
    }

    package var allRoutes: [Route] { routes.withLock { Array($0.values) } }

    /// Whether new sessions are refused because the proxy is about to end.
    package var isDraining: Bool { draining.withLock { $0 } }

    /// Refuses new sessions from now on.
    package func beginDraining() {
        draining.withLock { $0 = true }
    }

    // MARK: Opening sessions

    /// The outcome of an `initialize` request.
    package enum Opening: Sendable {
        /// The session, not yet attached to an outlet, and the answer.
        case opened(ClientSession, ByteBuffer)
        case refused(ByteBuffer)
        /// The proxy itself takes no session now, for the reason that the answer gives; another try later may succeed.
        case unavailable(ByteBuffer, reason: String)

        fileprivate static func unavailable(_ id: RequestID, _ code: ErrorCode, _ reason: String) -> Opening {
            .unavailable(OwnMessages.error(id: id, code: code, message: reason), reason: reason)
        }
    }

    /// Opens a session for a client's `initialize`, once its server is ready.
    ///
    /// - Parameter completion: Is called on `eventLoop`, where the session then lives.
    package func open(
        _ initialize: Message,
        route: Route,
        principal: Principal,
        on eventLoop: any EventLoop,
        completion: @escaping @Sendable (Opening) -> Void
    ) {
        guard let id = initialize.id else { return }
        guard let requested = initialize.params?["protocolVersion"]?.string else {
            completion(
                .refused(
                    OwnMessages.error(
                        id: id, code: .invalidParams, message: "\"initialize\" needs params.protocolVersion"
                    )))
            return
        }
        if isDraining {
            completion(.unavailable(id, .shuttingDown, "the proxy is shutting down; connect again in a moment"))
            return
        }
        guard sessions.hasRoom(for: principal) else {
            completion(.unavailable(id, .overloaded, "too many sessions are open; end one or try again later"))
            return
        }
        begin(initialize, id, requested, route: route, principal: principal, on: eventLoop, completion)
    }

    /// - Parameter isSecond: Whether the server turned out to speak another era than it was thought to.
    private func begin(
        _ initialize: Message,
        _ id: RequestID,
        _ requested: String,
        route: Route,
        principal: Principal,
        on eventLoop: any EventLoop,
        isSecond: Bool = false,
        _ completion: @escaping @Sendable (Opening) -> Void
    ) {
        let begun = eventLoop.now
        route.server.findEra(on: eventLoop) { [self] era in
            switch era {
            case .success(let era):
                let session = makeSession(
                    version: ProtocolVersion(inHandshake: requested) ?? .latestLegacy,
                    capabilities: DeclaredCapabilities(initialize.params?["capabilities"]),
                    handshake: handshake(of: initialize),
                    route: route,
                    principal: principal,
                    serverEra: era,
                    on: eventLoop
                )
                sessions.add(session)
                open(session) { [self] session, result in
                    if case .success(let introduction) = result, introduction.era != session.leg.current.era, !isSecond
                    {
                        session.close(reason: "the server speaks another era")
                        begin(
                            initialize, id, requested, route: route, principal: principal, on: eventLoop,
                            isSecond: true,
                            completion
                        )
                        return
                    }
                    completion(Self.opening(session, id, result))
                }
            case .failure(let failure):
                route.log(
                    method: Method.initialize.rawValue,
                    tool: nil,
                    elapsed: eventLoop.now - begun,
                    outcome: failure.code.rawValue
                )
                completion(.refused(ClientFailure.answer(to: id, server: route.server.displayName, failure)))
            }
        }
    }

    private func open(
        _ session: ClientSession,
        _ completion: @escaping @Sendable (ClientSession, Result<Introduction, UpstreamFailure>) -> Void
    ) {
        session.leg.current.connection.run { connection in
            connection.attach(session.leg, asking: session)
            connection.introduce { result in
                session.run { completion($0, result) }
            }
        }
    }

    private static func opening(
        _ session: ClientSession,
        _ id: RequestID,
        _ result: Result<Introduction, UpstreamFailure>
    ) -> Opening {
        switch result {
        case .success(let introduction):
            let elapsed = session.eventLoop.now - session.opened
            session.route.log(method: Method.initialize.rawValue, tool: nil, elapsed: elapsed, outcome: "ok")
            let answer = InitializeResult.make(from: introduction, for: session.version)
            return .opened(session, OwnMessages.result(id: id, answer))
        case .failure(let failure):
            let elapsed = session.eventLoop.now - session.opened
            session.route.log(
                method: Method.initialize.rawValue,
                tool: nil,
                elapsed: elapsed,
                outcome: failure.code.rawValue
            )
            session.close(reason: "the server is not available")
            return .refused(ClientFailure.answer(to: id, server: session.route.server.displayName, failure))
        }
    }

    /// A session for a client that sends requests without ever opening one. It declares no capabilities, shares its
    /// connection with others of its principal, and must be told to end with its calls.
    ///
    /// - Parameter completion: Is called on `eventLoop`, where the session then lives.
    package func openForOneRequest(
        route: Route,
        principal: Principal,
        on eventLoop: any EventLoop,
        completion: @escaping @Sendable (ClientSession) -> Void
    ) {
        route.server.findEra(on: eventLoop) { [self] era in
            // When the server cannot be reached, its connection says so to the request.
            let serverEra = (try? era.get()) ?? .legacy
            let session = makeSession(
                version: .march2025,
                capabilities: [],
                handshake: route.server.ownHandshake,
                route: route,
                principal: principal,
                serverEra: serverEra,
                on: eventLoop,
                isForOneRequest: true
            )
            session.leg.current.connection.run { $0.attach(session.leg, asking: session) }
            completion(session)
        }
    }

    private func makeSession(
        version: ProtocolVersion,
        capabilities: DeclaredCapabilities,
        handshake: Handshake,
        route: Route,
        principal: Principal,
        serverEra: Era,
        on eventLoop: any EventLoop,
        isForOneRequest: Bool = false
    ) -> ClientSession {
        let id = SessionStore.makeID()
        let (key, told) = route.server.key(
            for: principal,
            sessionID: isForOneRequest ? nil : id,
            handshake,
            era: serverEra
        )
        return ClientSession(
            id: id,
            principal: principal,
            route: route,
            version: version,
            capabilities: capabilities,
            leg: Leg(
                route: route,
                connection: route.server.hold(key, of: principal, told, preferring: eventLoop),
                era: serverEra,
                metadata: metadata(handshake)
            ),
            eventLoop: eventLoop,
            gateway: self
        )
    }

    /// What a stateless server is told of a client that opened a session. Tasks exist in both eras and cannot be
    /// translated, so that such a client has none.
    private func metadata(_ handshake: Handshake) -> RequestMetadata {
        let declared = JSONView(text: handshake.capabilities, range: 0..<handshake.capabilities.readableBytes)
        guard declared["tasks"] != nil || declared["extensions"] != nil else { return handshake.metadata }
        var translated = handshake
        translated.capabilities = TranslatedCapabilities.make(declared, without: ["tasks"])
        return translated.metadata
    }

    private func handshake(of initialize: Message) -> Handshake {
        let info = initialize.params?["clientInfo"].flatMap { $0.isObject ? $0.bytes : nil }
        let capabilities = initialize.params?["capabilities"].flatMap { $0.isObject ? $0.bytes : nil }
        var handshake = Handshake(
            clientInfo: info ?? ByteBuffer(string: #"{"name":"unknown","version":"0"}"#),
            capabilities: capabilities ?? ByteBuffer(string: "{}")
        )
        handshake.clientInfo.blankLineBreaks()
        handshake.capabilities.blankLineBreaks()
        return handshake
    }

    // MARK: Ending sessions

    /// Ends the sessions that nobody has used for too long, or that have lived for too long. Of the others, those keep
    /// less whose clients are away.
    package func closeExpiredSessions() {
        for session in sessions.all {
            closeIfExpired(session, idleTimeout: limits.sessionIdleTimeout)
            session.run { $0.outlet?.tidy() }
        }
    }

    func closeIfExpired(_ session: ClientSession, idleTimeout: Duration) {
        session.run { [limits] session in
            let now = session.eventLoop.now
            let idle = now - session.lastUsed > .milliseconds(idleTimeout.milliseconds)
            let old = now - session.opened > .milliseconds(limits.sessionLifetime.milliseconds)
            let inUse = session.callsInFlight > 0 || session.outlet?.isOpen == true
            if old || (idle && !inUse) { session.close(reason: "the session has expired") }
        }
    }
}
