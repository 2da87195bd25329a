import ArgumentParser
import ProxyControl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Work that a signal ends early, in good order.
enum Interruption {
    /// What a shell gives as the status of a program that Ctrl-C has ended.
    private static let status = ExitCode(130)

    /// Whether somebody sees what is said on standard error.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    /// Says something to somebody who waits, if there is one.
    static func tellWaiting(_ words: String) {
        if isWatched { Terminal.error(words) }
    }

    /// Runs the work; at a signal it is cancelled, and everything ends.
    static func race<Value: Sendable>(
        _ signals: TerminationSignals, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                await signals.arrivals.wait(past: 0)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw status }
            return value
        }
    }
}
