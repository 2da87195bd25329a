import Dispatch

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The signals that matter to a program which has the whole terminal, beside those that end it.
final class ScreenSignals {
    private let sources: [any DispatchSourceSignal]

    /// Starts to catch them.
    ///
    /// - Parameter hear: Hears of each, on a thread of its own, before anything else follows from it.
    init(_ hear: @escaping @Sendable (CInt) -> Void) {
        let queue = DispatchQueue(label: "mcp-proxy.screen-signals", qos: .userInteractive)
        sources = [SIGWINCH, SIGTSTP, SIGCONT, SIGQUIT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { hear(number) }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
