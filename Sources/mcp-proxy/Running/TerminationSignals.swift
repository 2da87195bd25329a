import Dispatch

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SIGTERM and SIGINT, counted instead of ending the process; SIGPIPE is ignored.
final class TerminationSignals: Sendable {
    let arrivals = EventCount()
    private let sources: [SendableSource]

    /// Starts to catch the signals.
    init() {
        signal(SIGPIPE, SIG_IGN)
        let arrivals = self.arrivals
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { arrivals.note() }
            source.resume()
            return SendableSource(source: source)
        }
    }

    deinit {
        for source in sources { source.source.cancel() }
    }

    /// Dispatch sources may be used from any thread; the type does not say so.
    private struct SendableSource: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }
}
