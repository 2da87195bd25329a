import Dispatch
import Metrics
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes lines to the standard streams, beside whoever has something to say: a reader that does not read, or has
/// gone, must never hold up the proxy. What does not fit is dropped and counted.
enum Terminal {
    private static let output = LineWriter(STDOUT_FILENO, on: DispatchQueue(label: "mcp-proxy.stdout"))
    /// What goes to the same terminal goes there in order.
    private static let errors = LineWriter(
        STDERR_FILENO, on: StandardOutput.isTerminal ? output.queue : DispatchQueue(label: "mcp-proxy.stderr"))
    private static let renewable = RenewableLines()

    static func print(_ line: String) {
        output.write(line)
    }

    static func error(_ line: String) {
        errors.write(line)
    }

    /// Prints lines that may be written anew where they stand.
    static func print(renewable lines: [String]) {
        for line in lines { print(line) }
        guard TerminalSize.current != nil else { return }
        output.queue.async { renewable.begin(lines) }
    }

    /// Writes the lines anew where they stand, and what more there is to be said below everything else. Where they can
    /// not be reached any more, as in a file, something else is printed.
    static func renew(_ lines: [String], and more: [String], orPrint all: [String]) {
        output.queue.async {
            let steps = TerminalSize.current.flatMap { renewable.steps(to: lines, $0) }
            if let steps { output.writeNow(steps, isLine: false) }
            for line in steps == nil ? all : more { output.writeNow(line) }
        }
    }

    /// Notes that a line was written, by which others moved up.
    fileprivate static func noteWritten(_ line: String) {
        renewable.note(line)
    }

    /// Lines for standard error that were not written, because nobody read them.
    static var droppedLines: Counter { errors.dropped }

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
    let queue: DispatchQueue
    private let state = Mutex(State())
    /// Those that were not written, since the start.
    let dropped = Counter()
    private let isTerminal: Bool

    init(_ descriptor: CInt, on queue: DispatchQueue) {
        self.descriptor = descriptor
        self.queue = queue
        isTerminal = isatty(descriptor) == 1
    }

    func write(_ line: String) {
        let dropped: Int? = state.withLock { state in
            guard state.waiting < Self.maximumWaiting else {
                state.dropped += 1
                self.dropped.add()
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

    /// Only on its queue.
    ///
    /// - Parameter isLine: Whether a line end follows.
    func writeNow(_ text: String, isLine: Bool = true) {
        if isTerminal, isLine { Terminal.noteWritten(text) }
        var rest = Array((isLine ? text + "\n" : text).utf8)[...]
        while !rest.isEmpty {
            let count = RawOutput.write(rest, to: descriptor)
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
