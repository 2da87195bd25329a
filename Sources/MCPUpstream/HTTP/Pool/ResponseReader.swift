import NIOCore
import NIOHTTP1

/// Makes the handler that reads the answers of a connection.
enum ResponseReader {
    typealias Handler = ByteToMessageHandler<HTTPResponseDecoder>

    /// One handler is made before all others, while whoever else wants one waits: two threads that need this type for
    /// the first time at the same moment can crash the Swift runtime (decision 0031).
    private static let typeIsMade: Void = withExtendedLifetime(make(NIOHTTPDecoderLimitConfiguration())) {}

    static func handler(limits: NIOHTTPDecoderLimitConfiguration) -> Handler {
        typeIsMade
        return make(limits)
    }

    /// It is a function of its own, so that nothing of it happens before the type is made.
    @inline(never)
    private static func make(_ limits: NIOHTTPDecoderLimitConfiguration) -> Handler {
        Handler(HTTPResponseDecoder(limitConfiguration: limits))
    }
}
