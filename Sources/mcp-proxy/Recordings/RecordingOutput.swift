import MCPCore
import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the lines of a recording go: a file that was not there before, or standard output.
struct RecordingOutput: Sendable {
    private let descriptor: CInt
    private let path: String?

    /// - Parameter path: The file; nil for standard output.
    /// - Throws: `CommandFailure` where there is something of that name, or none can be made.
    init(_ path: String?) throws(CommandFailure) {
        self.path = path
        guard let path else {
            descriptor = STDOUT_FILENO
            return
        }
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor < 0 else { return }
        guard errno != EEXIST else {
            throw CommandFailure(
                "\(path) is there already and is not written over; name another file, or move that one away")
        }
        throw unsafe CommandFailure("\(path) cannot be written (\(String(cString: strerror(errno))))")
    }

    /// What it is called.
    var name: String { path ?? "standard output" }

    /// Writes a line, all of it.
    func write(_ line: ByteBuffer) throws(CommandFailure) {
        var line = line
        line.writeStaticString("\n")
        var rest = Array(line.readableBytesView)[...]
        while !rest.isEmpty {
            let count = RawOutput.write(rest, to: descriptor)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw unsafe CommandFailure(
                    "\(name) cannot be written to (\(String(cString: strerror(errno)))); what was recorded until then is in it"
                )
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Takes a file away again in which nothing was written.
    func removeIfEmpty() {
        guard let path, lseek(descriptor, 0, SEEK_END) == 0 else { return }
        _ = unsafe unlink(path)
    }
}
