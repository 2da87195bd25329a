package import Audit
import Logging
package import MCPCore
package import MCPUpstream
package import Metrics
package import NIOCore
package import Recordings
import Synchronization
package import Traces

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

/// Step 5 of 19 of a modern call: after ``ModernEndpoint``, before ``ModernCall``.
///
/// Holds the sessions of clients and brings what they ask to servers.
package final class Gateway: Sendable {
    package let sessions: SessionStore
    package let calls: CallCounter
    let taskSeal: TaskSeal
    let suspended: SuspendedCalls
    let subscriptions: OpenSubscriptions
    let openCalls = OpenCalls()
    /// Those whose callers are about to log in to the server.
    let callsAwaitingLogin = OpenCalls()
    package let limits: GatewayLimits
    package let meters: Meters
    /// Where it is written what was called; nil where it is not.
    package let audit: AuditTrail?
    /// Where people see what has ended.
    package let timeline = RequestTimeline()
    /// What is told of all that passes, while somebody records it.
    package let recorder: Recorder
    /// What makes spans of requests; nil where none are made.
    let tracer: Tracer?
    /// Counts what no server is asked for.
    let ownMeter: ServerMeter
    private let draining = Mutex(false)

    /// - Parameters:
    ///   - catalogs: Where servers say that what they list has changed.
    ///   - meters: Where requests are counted.
    ///   - audit: Where calls of tools are written down.
    ///   - recorder: What is told of all that passes.
    ///   - tracer: What makes spans of requests; nil for none.
    package init(
        limits: GatewayLimits, taskSeal: TaskSeal = TaskSeal(secrets: [:]), catalogs: CatalogBoard = CatalogBoard(),
        meters: Meters = Meters(), audit: AuditTrail? = nil, recorder: Recorder = Recorder(), tracer: Tracer? = nil
    ) {
        self.limits = limits
        self.meters = meters
        self.audit = audit
        self.recorder = recorder
        self.tracer = tracer
        self.ownMeter = meters.server("")
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
        // Not the gateway itself: whatever is referred to weakly costs every call more to hold.
        catalogs.listen { [sessions, subscriptions] server, changes, key in
            Self.tell(sessions.all, subscriptions.all, of: changes, at: server, key)
        }
    }

    /// How many calls wait for their clients to bring what the server has asked for.
    package var suspendedCalls: Int { suspended.count }

    /// Whether new sessions are refused because the proxy is about to end.
    package var isDraining: Bool { draining.withLock { $0 } }

    /// Refuses new sessions from now on. Nobody can log in any more: the calls that wait for that end.
    package func beginDraining() {
        draining.withLock { $0 = true }
        callsAwaitingLogin.all.shutDown(reason: Self.endWords)
    }

    /// What clients read when the proxy ends.
    package static let endWords = "the proxy is shutting down"

    // MARK: Opening sessions

    /// The outcome of an `initialize` request.
    package enum Opening: Sendable {
        /// The session, not yet attached to an outlet, and the answer.
        case opened(ClientSession, ByteBuffer)
        /// The server is not available; why, the answer says.
        case failed(ByteBuffer)
        /// The proxy itself takes no session.
        case refused(Refusal)
    }

    /// Opens a session for a client's `initialize`, once its server is ready.
    ///
    /// - Parameter completion: Is called on `eventLoop`, where the session then lives.
    package func open(
        _ initialize: Message,
        from origin: RequestOrigin = RequestOrigin(),
        offer: Offer,
        narrowing: Narrowing = .none,
        principal: Principal,
        passed: PassedFields = .none,
        on eventLoop: any EventLoop,
        completion: @escaping @Sendable (Opening) -> Void
    ) {
        guard let id = initialize.id else { return }
        guard let requested = initialize.params?["protocolVersion"]?.string else {
            completion(.refused(Refusal(.invalidParams, "\"initialize\" needs params.protocolVersion")))
            return
        }
        if isDraining {
            completion(.refused(.shuttingDown))
            return
        }
        guard sessions.hasRoom(for: principal) else {
            completion(.refused(Refusal(.overloaded, "too many sessions are open; end one or try again later")))
            return
        }
        var declaration = ClientDeclaration(in: initialize)
        declaration.passed = passed
        let session = ClientSession(
            id: SessionStore.makeID(),
            principal: principal,
            offer: offer,
            narrowing: narrowing,
            version: ProtocolVersion(inHandshake: requested) ?? .latestLegacy,
            declaration: declaration,
            eventLoop: eventLoop,
            gateway: self
        )
        sessions.add(session)
        guard recorder.isOn else { return answer(initialize, id, from: origin, of: session, completion) }
        answer(initialize, id, from: origin, of: session, recorded(initialize, origin, session, completion))
    }

    private func answer(
        _ initialize: Message, _ id: RequestID, from origin: RequestOrigin, of session: ClientSession,
        _ completion: @escaping @Sendable (Opening) -> Void
    ) {
        let noted = { @Sendable (end: RequestEnd, server: ServerConnections?) in
            session.note(initialize, from: origin, end, at: server, after: session.eventLoop.now - session.opened)
        }
        if session.isAtServersOwnPath, let leg = session.legs.first {
            leg.introduce { result in
                let (opening, end) = Self.opening(session, id, leg, result)
                noted(end, leg.server)
                completion(opening)
            }
        } else {
            session.whenListed { session in
                let (opening, end) = Self.opening(session, id)
                noted(end, nil)
                completion(opening)
            }
        }
    }

    /// Several servers are introduced by the proxy: none of them is asked.
    private static func opening(_ session: ClientSession, _ id: RequestID) -> (Opening, RequestEnd) {
        guard let view = session.view, !session.isClosed else {
            return (.refused(.shuttingDown), .refused(.shuttingDown))
        }
        let answer = session.lists(view).introduction.initializeResult(session.version)
        return (.opened(session, OwnMessages.result(id: id, answer)), .ok)
    }

    private static func opening(
        _ session: ClientSession,
        _ id: RequestID,
        _ leg: Leg,
        _ result: Result<Introduction, UpstreamFailure>
    ) -> (Opening, RequestEnd) {
        switch result {
        case .success(let introduction):
            let answer = InitializeResult.make(from: introduction, for: session.version)
            return (.opened(session, OwnMessages.result(id: id, answer)), .ok)
        case .failure(let failure):
            session.close(reason: "the server is not available")
            return (.failed(ClientFailure.answer(to: id, server: leg.serverName, failure)), .failed(failure))
        }
    }

    /// Opens a session for a client that sends requests without ever opening one. It declares no capabilities, shares
    /// its connection with others of its principal, and must be told to end with its calls.
    ///
    /// - Parameter completion: Is called on `eventLoop`, where the session then lives.
    package func openForOneRequest(
        offer: Offer,
        narrowing: Narrowing = .none,
        principal: Principal,
        passed: PassedFields = .none,
        on eventLoop: any EventLoop,
        completion: @escaping @Sendable (ClientSession) -> Void
    ) {
        var declaration = offer.ownDeclaration
        declaration.passed = passed
        let session = ClientSession(
            id: SessionStore.makeID(),
            principal: principal,
            offer: offer,
            narrowing: narrowing,
            version: .march2025,
            declaration: declaration,
            isForOneRequest: true,
            eventLoop: eventLoop,
            gateway: self
        )
        if session.isAtServersOwnPath, let leg = session.legs.first {
            leg.whenOpen { completion(session) }
        } else {
            session.whenListed(completion)
        }
    }

    // MARK: Ending sessions

    /// Ends the sessions that nobody has used for too long, or that have lived for too long. Of the others, those keep
    /// less whose clients are away.
    package func closeExpiredSessions() {
        for session in sessions.all {
            closeIfExpired(session, idleTimeout: limits.sessionIdleTimeout)
            session.runNowOrLater { $0.outlet?.tidy() }
        }
    }

    func closeIfExpired(_ session: ClientSession, idleTimeout: Duration) {
        session.runNowOrLater { [limits] session in
            let now = session.eventLoop.now
            let idle = now - session.lastUsed > .milliseconds(idleTimeout.milliseconds)
            let old = now - session.opened > .milliseconds(limits.sessionLifetime.milliseconds)
            let inUse = session.callsInFlight > 0 || session.outlet?.isOpen == true
            if old || (idle && !inUse) { session.close(reason: "the session has expired") }
        }
    }
}
