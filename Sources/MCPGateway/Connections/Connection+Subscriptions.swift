import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

// MARK: - What is asked of the server on behalf of all clients

extension Connection {
    func send(_ method: Method, uri: ByteText) {
        upstream.exchange(OwnRequest(method, OwnMessages.object([("uri", uri.text)])))
    }

    /// Tells what the server is. A stateless one is asked anew, because nothing else would tell that it has changed.
    func introduce(_ completion: @escaping @Sendable (Result<Introduction, UpstreamFailure>) -> Void) {
        checkConfinement()
        upstream.whenReady { [self] result in
            guard case .success(let known) = result, known.era == .modern else { return completion(result) }
            awaitingIntroduction.append(completion)
            // Many sessions that open at once are told by one answer.
            guard awaitingIntroduction.count == 1 else { return }
            let discovery = Discovery(server.ownDeclaration.metadata, known) { [self] result in
                let waiting = awaitingIntroduction
                awaitingIntroduction = []
                for completion in waiting { completion(result) }
            }
            upstream.exchange(discovery)
        }
    }

    /// - Parameter completion: Is called when the server has answered, or will not.
    func setLevel(_ level: LogLevel, _ completion: @escaping @Sendable () -> Void = {}) {
        checkConfinement()
        upstream.exchange(OwnRequest(.loggingSetLevel, OwnMessages.object([("level", level.rawValue)]), completion))
    }

    /// Notes from which level on a client wants log messages, and tells the server the most talkative of all.
    ///
    /// - Parameter completion: Is called when the server has answered, or need not be told, or will not answer.
    func setLevel(
        _ level: LogLevel, of client: any AttachedClient, _ completion: @escaping @Sendable () -> Void = {}
    ) {
        checkConfinement()
        audience.setLogLevel(level, of: ObjectIdentifier(client))
        upstream.whenReady { [self] result in
            // What cannot be reached says so to calls.
            guard case .success(let introduction) = result, introduction.declares("logging"),
                let least = (audience.logLevels + [serverLevel].compactMap { $0 }).min()
            else { return completion() }
            setLevel(least, completion)
        }
    }

    /// Lets a client hear here what it has wanted to hear on another connection.
    func attach(_ client: any AttachedClient, asking caller: any Caller, takingOver former: Attachment?) {
        checkConfinement()
        let resources = former?.subscriptions ?? []
        let news = resources.filter { !audience.isSubscribed($0) }
        attach(client, asking: caller, to: resources)
        if let level = former?.logLevel { setLevel(level, of: client) }
        guard !news.isEmpty else { return }
        upstream.whenReady { [self] result in
            guard case .success(let introduction) = result else { return }
            guard introduction.era == .legacy else { return feed.update() }
            for uri in news { send(.resourcesSubscribe, uri: uri) }
        }
    }

    /// Attaches a client that asked for notifications.
    ///
    /// - Parameter completion: Gets what of them the server will tell. Called on the connection's event loop.
    func subscribe(
        _ client: any AttachedClient,
        to filter: SubscriptionFilter,
        _ completion: @escaping @Sendable (Result<SubscriptionFilter, UpstreamFailure>) -> Void
    ) {
        checkConfinement()
        guard case .ready(let introduction) = upstream.state else {
            completion(.failure(UpstreamFailure(.notReachable, "it is not running", nothingSent: true)))
            return
        }
        let honoured = filter.honoured(by: introduction)
        let news = honoured.resources.filter { !audience.isSubscribed($0) }
        attach(client, asking: nil, to: honoured.resources)
        guard introduction.era == .modern else {
            for uri in news { send(.resourcesSubscribe, uri: uri) }
            listen()
            completion(.success(honoured))
            return
        }
        feed.update { outcome in completion(outcome.map { honoured.intersection($0) }) }
    }

    /// Changes what an attached client of a stateless server hears of resources.
    func change(
        _ client: any AttachedClient,
        _ uri: ByteText,
        isWanted: Bool,
        _ completion: @escaping @Sendable (Result<SubscriptionFilter, UpstreamFailure>) -> Void
    ) {
        checkConfinement()
        if isWanted {
            guard audience.subscribe(ObjectIdentifier(client), to: uri) else {
                return completion(.failure(UpstreamFailure(.overloaded, SubscriptionFilter.excess)))
            }
        } else {
            audience.unsubscribe(ObjectIdentifier(client), from: uri)
        }
        feed.update { [self] outcome in
            // What is not told must not be asked for again with every later wish.
            if isWanted, (try? outcome.get())?.resources.contains(uri) != true {
                audience.unsubscribe(ObjectIdentifier(client), from: uri)
            }
            completion(outcome)
        }
    }

    /// Makes one subscription for everybody, to all that the server tells.
    func makeFeed() -> ListeningFeed {
        ListeningFeed(
            upstream,
            metadata: server.ownDeclaration.metadata,
            acknowledgedWithin: .milliseconds(server.limits.startTimeout.milliseconds),
            wanted: { [weak self] in self?.wantedFilter ?? SubscriptionFilter() },
            deliver: { [weak self] in self?.passChange($0) },
            missed: { [weak self] filter in
                guard let self else { return }
                server.connectionListChanged(self)
                tellAllChanges(filter.union(allLists))
            }
        )
    }

    private var allLists: SubscriptionFilter {
        guard case .ready(let introduction) = upstream.state else { return SubscriptionFilter() }
        return SubscriptionFilter(allListsOf: introduction, evenUnannounced: true)
    }

    var wantedFilter: SubscriptionFilter {
        guard case .ready(let introduction) = upstream.state else { return SubscriptionFilter() }
        var filter = SubscriptionFilter(allListsOf: introduction)
        if introduction.declares("resources", "subscribe") {
            filter.resources = audience.subscriptions
        }
        return filter
    }
}

/// Asks a stateless server what it is.
private final class Discovery: ExchangeReceiver {
    private let metadata: RequestMetadata
    private let known: Introduction
    private let completion: @Sendable (Result<Introduction, UpstreamFailure>) -> Void

    init(
        _ metadata: RequestMetadata,
        _ known: Introduction,
        _ completion: @escaping @Sendable (Result<Introduction, UpstreamFailure>) -> Void
    ) {
        self.metadata = metadata
        self.known = known
        self.completion = completion
    }

    func request(for introduction: Introduction) -> OutgoingRequest? {
        guard introduction.era == .modern else { return nil }
        // Our own text is a message by construction.
        let message = try? Message(OwnMessages.request(id: 0, method: .serverDiscover, params: metadata.params))
        return message.map { OutgoingRequest($0) }
    }

    var isForClient: Bool { false }
    func exchangeProgressed(_ notification: Message) {}
    func exchangeAnswered(_ answer: Message) { completion(.success(Introduction(discovery: answer) ?? known)) }
    func exchangeFailed(_ failure: UpstreamFailure) { completion(.failure(failure)) }
}

/// A request of the proxy itself to a server with a handshake, whose answer does not matter.
private final class OwnRequest: ExchangeReceiver {
    private let message: Message?
    private let completion: @Sendable () -> Void

    init(_ method: Method, _ params: ByteBuffer, _ completion: @escaping @Sendable () -> Void = {}) {
        // Our own text is a message by construction.
        self.message = try? Message(OwnMessages.request(id: 0, method: method, params: params))
        self.completion = completion
    }

    func request(for introduction: Introduction) -> OutgoingRequest? {
        introduction.era == .legacy ? message.map { OutgoingRequest($0) } : nil
    }

    var isForClient: Bool { false }
    func exchangeProgressed(_ notification: Message) {}
    func exchangeAnswered(_ answer: Message) { completion() }
    func exchangeFailed(_ failure: UpstreamFailure) { completion() }
}
