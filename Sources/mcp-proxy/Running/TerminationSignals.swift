import Dispatch

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SIGTERM and SIGINT, and SIGHUP apart from them, counted instead of ending the process; SIGPIPE is ignored.
final class TerminationSignals: Sendable {
    let arrivals = EventCount()
    /// How often the configuration was to be read again.
    let hangups = EventCount()
    private let sources: [SendableSource]

    /// Starts to catch the signals.
    ///
    /// - Parameter countsHangups: Whether SIGHUP is caught as well; else it ends the process, as it always does.
    init(countsHangups: Bool = false) {
        signal(SIGPIPE, SIG_IGN)
        let (arrivals, hangups) = (self.arrivals, self.hangups)
        // The end of the terminal that it was started from is told by the same signal.
        let hadTerminal = ControllingTerminal.isThere
        sources = [SIGTERM, SIGINT, SIGHUP].dropLast(countsHangups ? 0 : 1).map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let isRequest = number == SIGHUP && (!hadTerminal || ControllingTerminal.isThere)
                isRequest ? hangups.note() : arrivals.note()
            }
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

/// The terminal from which the program was started.
private enum ControllingTerminal {
    static var isThere: Bool {
        let descriptor = unsafe open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }
}
