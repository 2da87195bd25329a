import CProxySystem
import Logging
import MCPFrontEnd
import NIOCore
import ProxyControl
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The service manager that has started the proxy, and wants to hear how it is
/// ([sd_notify(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html)).
final class ServiceManager: ReloadListener {
    private let socket: String
    /// How often it wants to hear that the proxy is alive; nil when it does not.
    private let watchdogInterval: TimeAmount?
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var isStopping = false
        var hasFailed = false
        var pulse: EventLoopPulse?
    }

    /// The one that the environment names; nil when there is none. What names it is taken out of the environment: none of
    /// this is for the servers.
    static func named(by logger: Logger) -> ServiceManager? {
        let names = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
        let values = names.map { EnvironmentVariable.value(of: $0) }
        for name in names { unsafe unsetenv(name) }
        guard let socket = values[0], !socket.isEmpty else { return nil }
        let isMeant = values[2].map { Int32($0) == getpid() } ?? true
        let microseconds = isMeant ? values[1].flatMap { Int64($0) } : nil
        return ServiceManager(socket: socket, watchdog: microseconds, logger: logger)
    }

    private init(socket: String, watchdog microseconds: Int64?, logger: Logger) {
        self.socket = socket
        self.logger = logger
        // Twice as often as it has to be.
        watchdogInterval = microseconds.flatMap { $0 > 1 ? .microseconds($0 / 2) : nil }
    }

    /// The proxy serves. From now on its event loops show that they are alive.
    func ready(_ eventLoops: some EventLoopGroup, status: String) {
        send("READY=1\nSTATUS=\(Self.line(status))")
        guard let watchdogInterval else { return }
        let pulse = EventLoopPulse(of: Array(eventLoops.makeIterator()), every: watchdogInterval) { [self] in
            send("WATCHDOG=1")
        }
        state.withLock { $0.pulse = pulse }
        pulse.start()
    }

    /// Something for people.
    func tell(_ status: String) { send("STATUS=\(Self.line(status))") }

    /// The configuration is read again, until `reloaded`.
    func reloading() {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)")
    }

    func reloaded() { send("READY=1") }

    /// The proxy ends; calls under way may take their time. The watchdog hears of it until the process is gone.
    func stopping() {
        send("STOPPING=1\nSTATUS=shutting down")
        state.withLock { $0.isStopping = true }
    }

    private func send(_ message: String) {
        let isWanted = state.withLock { !$0.isStopping || message == "WATCHDOG=1" }
        guard isWanted else { return }
        let problem = unsafe proxy_notify(socket, message)
        let isNews = state.withLock { state in
            defer { state.hasFailed = problem != 0 }
            return problem != 0 && !state.hasFailed
        }
        if isNews {
            logger.warning(
                "the service manager cannot be told how the proxy is",
                metadata: ["reason": "\(unsafe String(cString: strerror(problem)))"])
        }
    }

    private static func line(_ text: String) -> String { text.replacing("\n", with: " ") }
}
