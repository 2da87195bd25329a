package import MCPCore
package import Recordings

/// Hears how one exchange goes on. Called on the upstream's event loop.
///
/// After `exchangeAnswered` or `exchangeFailed` nothing more comes; after a cancellation nothing at all.
package protocol ExchangeReceiver: AnyObject {
    /// Returns the request as this server is to get it; asked for each time that it is sent. nil when it makes no sense
    /// to such a server: then the exchange fails.
    func request(for introduction: Introduction) -> OutgoingRequest?

    /// Takes a progress notification for this exchange. Its token is ours.
    func exchangeProgressed(_ notification: Message)
    func exchangeAnswered(_ answer: Message)
    func exchangeFailed(_ failure: UpstreamFailure)

    /// What its client has sent in header fields for the server; nil where that goes with it that others have sent.
    var brought: BroughtFields? { get }

    /// Whose request it is, for a recording; nil for one of the proxy's own.
    var recordedOrigin: RecordingTap.Origin? { get }

    /// Whether a client wants the answer, and not the proxy itself.
    var isForClient: Bool { get }
}

extension ExchangeReceiver {
    package var brought: BroughtFields? { nil }
    package var recordedOrigin: RecordingTap.Origin? { nil }
    package var isForClient: Bool { true }
}
