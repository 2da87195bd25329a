import NIOCore
import NIOHTTP1

/// Makes the handler that reads the requests of a connection.
enum RequestReader {
    typealias Handler = ByteToMessageHandler<HTTPRequestDecoder>

    /// One handler is made before all others, while whoever else wants one waits: two threads that need this type for
    /// the first time at the same moment can crash the Swift runtime (decision 0031).
    private static let typeIsMade: Void = withExtendedLifetime(make()) {}

    static func handler() -> Handler {
        typeIsMade
        return make()
    }

    /// It is a function of its own, so that nothing of it happens before the type is made.
    @inline(never)
    private static func make() -> Handler {
        Handler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
    }
}
