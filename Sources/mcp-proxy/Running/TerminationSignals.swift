import Dispatch
import ProxyControl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SIGTERM and SIGINT, and SIGHUP apart from them, counted instead of ending the process; SIGPIPE and SIGXFSZ are ignored,
/// since writing fails as well.
///
/// Whoever sends a second signal to end the process wants it to end: that is seen to here, on a thread of its own, whatever
/// else the process is doing or waiting for. What the process has started is ended by its guards.
final class TerminationSignals: Sendable {
    let arrivals = EventCount()
    /// How often the configuration was to be read again.
    let hangups = EventCount()
    private let sources: [SendableSource]
    /// How long the process may take to end in good order after the second signal.
    private static let lastMoment = DispatchTimeInterval.milliseconds(500)

    /// Starts to catch the signals.
    ///
    /// - Parameter countsHangups: Whether SIGHUP is caught as well; else it ends the process, as it always does.
    init(countsHangups: Bool = false) {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // Not a shared queue: all threads of those may be held by calls that block.
        let queue = DispatchQueue(label: "mcp-proxy.signals", qos: .userInteractive)
        let (arrivals, hangups) = (self.arrivals, self.hangups)
        // The end of the terminal that it was started from is told by the same signal.
        let hadTerminal = ControllingTerminal.isThere
        sources = [SIGTERM, SIGINT, SIGHUP].dropLast(countsHangups ? 0 : 1).map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                let isRequest = number == SIGHUP && (!hadTerminal || ControllingTerminal.isThere)
                guard !isRequest else { return hangups.note() }
                arrivals.note()
                guard arrivals.current > 1 else { return }
                queue.asyncAfter(deadline: .now() + Self.lastMoment) { _exit(1) }
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
