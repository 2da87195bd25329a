#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard output of a command whose output is its result: all of it is written before the command ends, or the
/// command fails.
enum StandardOutput {
    /// Whether somebody looks at it.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes a text and a line end, after what has been said on standard error.
    static func write(_ text: String) throws(CommandFailure) {
        Terminal.flush()
        var rest = Array((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe writeBytes($0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw CommandFailure("standard output cannot be written to") }
            rest = rest.dropFirst(count)
        }
    }

    private static func writeBytes(_ start: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(STDOUT_FILENO, start, count)
        #else
            unsafe Darwin.write(STDOUT_FILENO, start, count)
        #endif
    }
}
