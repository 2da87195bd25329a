/// The bounds of what a client may send, and of how long it may take.
package struct HTTPLimits: Sendable {
    package var maximumBodyBytes = 4 << 20
    /// How much all bodies that are being read may take, and as much again all answers that clients leave unread.
    package var maximumBufferedBytes = 256 << 20
    package var maximumHeaderFieldBytes = 16 << 10
    package var maximumHeaderBytes = 32 << 10
    package var maximumHeaderCount = 100
    package var headerTimeout: Duration = .seconds(10)
    package var bodyTimeout: Duration = .seconds(30)
    package var keepAliveTimeout: Duration = .seconds(75)
    /// How long a client may read nothing of an answer.
    package var writeTimeout: Duration = .seconds(30)
    package var maximumConnections = 12_000
    /// How many connections are taken beyond that, so that the proxy can be managed and asked how it is, and the others are
    /// told why they are refused.
    package var guestConnections = 8
    /// How long each of these may take until it has sent a request.
    var guestTimeout = Duration.seconds(2)
    /// How many connections are open at most, with those that are only there to be closed.
    var mostOpenConnections: Int { maximumConnections + guestConnections + 16 }
    /// The most connections from one address; 0 for no bound of its own, since a reverse proxy is one address.
    package var maximumConnectionsPerAddress = 0
    /// How deeply the JSON of a request may be nested.
    package var maximumJSONDepth = 128
    /// How many messages a batch of revision 2025-03-26 may hold.
    package var maximumBatchCount = 100
    package var maximumStreamsPerSession = 4
    /// How much may wait for a client that does not read its stream.
    package var maximumStreamBufferBytes = 1 << 20
    package var replayEvents = 256
    package var replayBytes = 1 << 20
    /// What a session may keep of events whose client has been away for a while.
    package var replayBytesAway = 32 << 10
    /// What all sessions together may keep of events.
    package var maximumReplayBytes = 64 << 20
    /// How often an open stream carries a comment, so that nobody on the way takes it for dead.
    package var keepAliveInterval: Duration = .seconds(15)
    /// How long a request may wait for its answer before the response becomes a stream.
    package var streamAfter: Duration = .seconds(2)

    package init() {}

    /// Tells how long something may take to arrive; a guest's place is not held for long.
    func time(_ duration: Duration, _ isGuest: Bool) -> Duration {
        isGuest ? min(duration, guestTimeout) : duration
    }
}
