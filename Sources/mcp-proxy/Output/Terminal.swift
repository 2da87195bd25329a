import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes lines to the standard streams, beside whoever has something to say: a reader that does not read, or has
/// gone, must never hold up the proxy. What does not fit is dropped and counted.
enum Terminal {
    private static let output = LineWriter(STDOUT_FILENO, label: "stdout")
    private static let errors = LineWriter(STDERR_FILENO, label: "stderr")

    static func print(_ line: String) {
        output.write(line)
    }

    static func error(_ line: String) {
        errors.write(line)
    }

    /// Waits for what was written, but not for long.
    static func flush() {
        output.flush()
        errors.flush()
    }
}

/// The lines that wait for one descriptor.
private final class LineWriter: Sendable {
    private static let maximumWaiting = 1_000
    private static let flushTime = DispatchTimeInterval.milliseconds(200)

    private struct State {
        var waiting = 0
        var dropped = 0
    }

    private let descriptor: CInt
    private let queue: DispatchQueue
    private let state = Mutex(State())

    init(_ descriptor: CInt, label: String) {
        self.descriptor = descriptor
        self.queue = DispatchQueue(label: "mcp-proxy.\(label)")
    }

    func write(_ line: String) {
        let dropped: Int? = state.withLock { state in
            guard state.waiting < Self.maximumWaiting else {
                state.dropped += 1
                return nil
            }
            state.waiting += 1
            defer { state.dropped = 0 }
            return state.dropped
        }
        guard let dropped else { return }
        queue.async { [self] in
            if dropped > 0 { writeNow("(\(dropped) lines were dropped because nobody read them)") }
            writeNow(line)
            state.withLock { $0.waiting -= 1 }
        }
    }

    func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + Self.flushTime)
    }

    private func writeNow(_ line: String) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe writeBytes($0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private func writeBytes(_ start: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, start, count)
        #else
            unsafe Darwin.write(descriptor, start, count)
        #endif
    }
}
