import Dispatch

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is typed on the terminal, as it comes.
final class TypedBytes {
    private static let chunkBytes = 4_096

    private let source: any DispatchSourceRead

    /// Starts to read.
    ///
    /// - Parameter hear: Hears what came; nothing at the end, again and again until nobody listens any more.
    init(_ hear: @escaping @Sendable ([UInt8]) -> Void) {
        let queue = DispatchQueue(label: "mcp-proxy.typed", qos: .userInteractive)
        source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: queue)
        source.setEventHandler {
            var bytes = [UInt8](repeating: 0, count: Self.chunkBytes)
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(STDIN_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { return }
            hear(Array(bytes.prefix(max(0, count))))
        }
        source.resume()
    }

    deinit {
        source.cancel()
    }
}
