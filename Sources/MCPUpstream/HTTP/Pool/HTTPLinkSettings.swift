package import NIOCore

/// The time-outs and limits of everything that reaches servers over HTTP.
package struct HTTPLinkSettings: Sendable {
    // MARK: Connections

    /// How long a connection may take to be made, TLS included.
    package var connectTimeout: TimeAmount = .seconds(10)
    /// How long a server may take until its answer begins. Without one, the layer above times the calls.
    package var responseHeadTimeout: TimeAmount?
    /// How long a connection without a request is kept.
    package var idleTimeout: TimeAmount = .seconds(60)
    /// The most connections to one origin, per event loop.
    package var maximumConnections = 4_096
    /// The most requests that wait for one of these connections.
    package var maximumWaiting = 1_024
    /// How long such a request waits.
    package var waitTimeout: TimeAmount = .seconds(10)

    // MARK: Answers

    /// How long the rest of an answer is read that is passed on to nobody, or only once it is there.
    package var restTimeout: TimeAmount = .seconds(5)
    /// The most bytes of one header field in an answer.
    package var maximumHeaderFieldBytes = 16 * 1_024
    /// The most bytes of all header fields in an answer.
    package var maximumHeaderBytes = 64 * 1_024
    package var maximumHeaderFields = 100
    /// The longest message, be it a JSON body or an event.
    package var maximumMessageBytes = 64 << 20
    /// How deeply a message may be nested.
    package var maximumDepth = UpstreamLimits.maximumDepth

    // MARK: Streams

    /// How often a broken stream is taken up again without anything new having come.
    package var streamRetryAttempts = 5
    /// The first wait before a broken stream is taken up again, where the server names none; doubled each time.
    package var streamRetryDelay: TimeAmount = .seconds(1)
    package var maximumStreamRetryDelay: TimeAmount = .seconds(30)

    // MARK: Links

    /// How long requests are held back for the answer to `notifications/initialized`.
    package var initializedTimeout: TimeAmount = .seconds(10)
    /// How long requests are held back for the beginning of the stream on which the server speaks unasked.
    package var listeningTimeout: TimeAmount = .seconds(2)
    /// The most messages that a link holds back or queues.
    package var maximumHeldMessages = 1_024
    /// How long an HTTP+SSE server may take until it names its endpoint.
    package var endpointTimeout: TimeAmount = .seconds(10)
    /// How long an HTTP+SSE message waits for the one before it to be accepted.
    package var postTimeout: TimeAmount = .seconds(10)
    /// How long the end of a session may take.
    package var sessionEndTimeout: TimeAmount = .seconds(1)

    /// Where sessions are counted while their servers are told of their end.
    package var census: LinkCensus?

    /// The open files that may be used; nil for as many as the system has.
    package var descriptors: DescriptorAccount?

    package init() {}
}
