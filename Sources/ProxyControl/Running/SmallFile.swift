import MCPUpstream

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that is read as a whole, such as that of a key or of a password.
package struct SmallFile: Sendable {
    /// Why a file could not be read.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        /// What is wrong with the file.
        package let description: String
    }

    package let bytes: [UInt8]
    /// Whether every user of the machine can read it.
    package let isReadableByAll: Bool

    /// - Parameter maximumBytes: How long the file may be.
    /// - Throws: when it is no file, too long, or cannot be read.
    package init(_ path: String, atMost maximumBytes: Int) throws(Fault) {
        // Without waiting: nobody may ever write to a pipe, which is no file either.
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.systemFault }
        defer { close(descriptor) }
        guard let kind = PathKind(ofOpen: descriptor) else { throw Self.systemFault }
        guard kind == .file else { throw Fault(description: "is \(kind.words), not a file") }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.systemFault }
        bytes = try Self.read(descriptor, maximumBytes)
        isReadableByAll = status.st_mode & 0o004 != 0
    }

    private static func read(_ descriptor: CInt, _ maximumBytes: Int) throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe readBytes(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw systemFault }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= maximumBytes else {
                throw Fault(description: "is longer than \(maximumBytes) bytes")
            }
        }
    }

    private static func readBytes(_ descriptor: CInt, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, start, count)
        #else
            unsafe Darwin.read(descriptor, start, count)
        #endif
    }

    private static var systemFault: Fault {
        switch errno {
        case ENOENT, ENOTDIR: Fault(description: "is not there")
        case EACCES, EPERM: Fault(description: "may not be read by the user that runs mcp-proxy")
        default: unsafe Fault(description: "cannot be read (\(String(cString: strerror(errno))))")
        }
    }
}
