import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file to whose end lines of an audit are written, while nobody else writes to it. Only its owner may read it.
final class AuditFile {
    /// How much of the end of a file is looked at for its last line. No line is as long.
    static let longestEnd = 1 << 20

    /// How a file ends: the chain to which its last line belongs, and what stands behind that.
    struct End {
        /// nil where there is no line in what was read.
        var chain: AuditChain?
        /// How many bytes stand behind the last line.
        var behind = 0
        /// How many of them are what a run could not write to its end: what has an end was changed by somebody.
        var torn = 0
        /// The chain after them, where they are a line that lacks its end alone.
        var chainAfterTorn: AuditChain?
    }

    private let path: String
    private let descriptor: CInt
    /// How long it is.
    private(set) var size: Int

    /// Opens the file, which is made where there is none.
    init(_ path: String) throws(AuditFault) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.fault("cannot be opened") }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw AuditFault("is no file")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw AuditFault("is being written by another process; each needs a file of its own")
        }
        // Whoever made the file may have let others read it.
        guard status.st_mode & 0o077 == 0 || fchmod(descriptor, 0o600) == 0 else {
            close(descriptor)
            throw Self.fault("may be read by others, and that cannot be changed")
        }
        self.path = path
        self.descriptor = descriptor
        self.size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Writes all of it, or nothing.
    func append(_ bytes: ByteBuffer) throws(AuditFault) {
        var rest = bytes
        while rest.readableBytes > 0 {
            let count = unsafe rest.withUnsafeReadableBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let fault = Self.fault("cannot be written")
                // Without the beginning of a line that has no end. Where that fails, too, the next start tells of it.
                if rest.readableBytes < bytes.readableBytes { _ = ftruncate(descriptor, off_t(size)) }
                throw fault
            }
            rest.moveReaderIndex(forwardBy: count)
        }
        size += bytes.readableBytes
    }

    /// How the file ends.
    func end() throws(AuditFault) -> End {
        try Self.end(of: descriptor, size)
    }

    /// How a file ends to which nothing is written any more; nil where there is none.
    static func end(ofFileAt path: String) throws(AuditFault) -> End? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw fault("cannot be opened") }
            return nil
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw fault("cannot be read") }
        return try end(of: descriptor, Int(status.st_size))
    }

    private static func end(of descriptor: CInt, _ size: Int) throws(AuditFault) -> End {
        let start = max(0, size - longestEnd)
        let bytes = try read(descriptor, from: start, size - start)
        var end = End(behind: bytes.count)
        var rest = bytes[...]
        let tail = rest.lastIndex(of: UInt8(ascii: "\n")).map { rest[($0 + 1)...] } ?? rest
        (end.torn, end.chainAfterTorn) = (tail.count, AuditLine(tail).map(AuditChain.init(after:)))
        while let lineEnd = rest.lastIndex(of: UInt8(ascii: "\n")) {
            let before = rest[..<lineEnd]
            let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? before.startIndex
            if let line = AuditLine(before[lineStart...]) {
                (end.chain, end.behind) = (AuditChain(after: line), bytes.count - lineEnd - 1)
                return end
            }
            rest = before
        }
        if start > 0 { throw AuditFault("does not end with a line of an audit; move it away") }
        return end
    }

    private static func read(_ descriptor: CInt, from start: Int, _ count: Int) throws(AuditFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let more = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress.map { unsafe $0 + done }, count - done, off_t(start + done))
            }
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { throw fault("cannot be read") }
            done += more
        }
        return bytes
    }

    // MARK: Rotation

    /// The name of a file that was rotated so many times.
    static func name(of path: String, _ age: Int) -> String { age == 0 ? path : "\(path).\(age)" }

    /// Makes room for a new file: each becomes a place older, and the oldest goes.
    static func rotate(_ path: String, keep: Int) throws(AuditFault) {
        for age in stride(from: keep - 1, through: 0, by: -1) {
            let renamed = unsafe rename(name(of: path, age), name(of: path, age + 1))
            guard renamed == 0 || errno == ENOENT else { throw fault("cannot be rotated") }
        }
    }

    private static func fault(_ words: String) -> AuditFault {
        unsafe AuditFault("\(words) (\(String(cString: strerror(errno))))")
    }
}
