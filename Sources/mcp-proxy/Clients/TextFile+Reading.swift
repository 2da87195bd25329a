import MCPUpstream
import ProxyConfiguration

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension TextFile {
    /// The text; nil if there is no such file.
    ///
    /// - Parameter takesPipes: Whether a pipe serves as well, such as that of a shell's `<(…)`. What comes through it can
    ///   be read only once.
    /// - Throws: ``ConfigurationError`` if it cannot be read.
    func read(takesPipes: Bool = false) throws(ConfigurationError) -> [UInt8]? {
        // Without waiting, since nobody may ever write to a pipe.
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            if PathKind(of: path) == .socket { throw wrongKind(.socket) }
            throw unreadable
        }
        defer { close(descriptor) }
        guard let kind = PathKind(ofOpen: descriptor) else { throw unreadable }
        guard kind == .file || kind == .pipe && takesPipes else { throw wrongKind(kind) }
        return try text(of: descriptor)
    }

    /// How long a pipe may bring nothing.
    private static let patienceSeconds: CInt = 10
    private static let chunkBytes = 64 << 10

    private func text(of descriptor: CInt) throws(ConfigurationError) -> [UInt8] {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        // One byte too many is enough to see that it is too long.
        while text.count <= ConfigurationLoader.maximumBytes {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, Self.patienceSeconds * 1000) != 0 else {
                throw problem(
                    "this is a pipe, and nothing has come through it for \(Self.patienceSeconds) s",
                    "Name a file, or have somebody write to the pipe")
            }
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe readBytes(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { break }
            if count > 0 {
                text += chunk[..<count]
            } else if errno != EINTR, errno != EAGAIN {
                throw unreadable
            }
        }
        return text
    }

    private func readBytes(_ descriptor: CInt, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, start, count)
        #else
            unsafe Darwin.read(descriptor, start, count)
        #endif
    }

    private func wrongKind(_ kind: PathKind) -> ConfigurationError {
        problem("this is \(kind.words), not a file", kind == .directory ? directoryAdvice : "Name a file")
    }

    private var directoryAdvice: String {
        guard ![".json", ".yaml", ".yml"].contains(where: path.hasSuffix) else {
            return "Put the file in its place; Docker makes a directory where a file to be mounted is missing"
        }
        return "Name a file, such as \(path)\(path.hasSuffix("/") ? "" : "/")\(usualName)"
    }

    private var unreadable: ConfigurationError {
        problem("the file cannot be read", "Let the user that runs mcp-proxy read it")
    }

    private func problem(_ message: String, _ suggestion: String) -> ConfigurationError {
        let problem = ConfigurationProblem(
            severity: .error, source: path, message: message, suggestion: suggestion)
        return ConfigurationError(code: .unreadable, problems: [problem])
    }
}
