import MCPCore
import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// JSON that is given on the command line, or over standard input where others cannot see it.
enum StandardInput {
    /// Whether a person may be there who writes.
    static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    private static let chunkBytes = 64 << 10
    private static let maximumBytes = 64 << 20

    /// Reads an object.
    ///
    /// - Parameters:
    ///   - text: The object, or `-` for standard input.
    ///   - option: Which option it stands behind, for messages.
    static func object(_ text: String, option: String) throws(CommandFailure) -> ByteBuffer {
        let bytes = text == "-" ? try readToEnd() : ByteBuffer(string: text)
        let root: JSONView
        do {
            root = try JSONText(scanning: bytes).root
        } catch {
            throw CommandFailure("\(option) is not JSON: \(error)")
        }
        guard root.isObject else {
            throw CommandFailure("\(option) takes a JSON object, such as '{\"key\": \"value\"}'")
        }
        return root.bytes
    }

    private static func readToEnd() throws(CommandFailure) -> ByteBuffer {
        var bytes = ByteBuffer()
        while true {
            let count = unsafe bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: chunkBytes) { space in
                unsafe max(0, readBytes(space.baseAddress, space.count))
            }
            if count == 0 {
                guard errno != EINTR else { continue }
                return bytes
            }
            guard bytes.readableBytes <= maximumBytes else {
                throw CommandFailure("standard input has more than \(maximumBytes) bytes")
            }
        }
    }

    /// Reads, so that `errno` is about this and nothing before it.
    private static func readBytes(_ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        errno = 0
        return unsafe read(STDIN_FILENO, start, count)
    }
}
