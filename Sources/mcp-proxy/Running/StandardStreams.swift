import Dispatch
import NIOCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard input and output as a channel of messages.
///
/// They are read and written beside the event loops, by calls that block: either may be a file or a terminal that other
/// programs use, and neither may be made non-blocking.
final class StandardStreams: Sendable {
    private static let chunkBytes = 64 << 10
    /// How much may wait for a client that does not read, before nothing more of it is read.
    private static let maximumUnwritten = 16 << 20

    private struct Output {
        var waiting = ByteBuffer()
        var isWriting = false
        var isBroken = false
    }

    private let output = Mutex(Output())
    private let writing = DispatchQueue(label: "mcp-proxy.client-output")
    private let reading = DispatchQueue(label: "mcp-proxy.client-input")

    /// Reads until the input ends.
    ///
    /// - Parameter body: Gets what was read, or nil at the end; must call what it is given when it has done with it. The
    ///   next part is read only then, so that a fast client cannot fill the memory.
    func read(_ body: @escaping @Sendable (ByteBuffer?, _ done: @escaping @Sendable () -> Void) -> Void) {
        reading.async { [self] in
            let done = DispatchSemaphore(value: 0)
            while true {
                let bytes = readSome()
                body(bytes) { done.signal() }
                done.wait()
                guard bytes != nil else { return }
                waitForOutput()
            }
        }
    }

    private func readSome() -> ByteBuffer? {
        var buffer = ByteBufferAllocator().buffer(capacity: Self.chunkBytes)
        while true {
            var count = 0
            unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.chunkBytes) { bytes in
                count = unsafe systemRead(STDIN_FILENO, bytes.baseAddress, bytes.count)
                return max(0, count)
            }
            if count > 0 { return buffer }
            guard count < 0, isTemporary(errno) else { return nil }
            waitUntilReady(STDIN_FILENO, CShort(POLLIN))
        }
    }

    /// Writes one message as a line, later.
    func write(_ message: ByteBuffer) {
        let starts = output.withLock { output -> Bool in
            guard !output.isBroken else { return false }
            output.waiting.writeImmutableBuffer(message)
            output.waiting.writeInteger(UInt8(ascii: "\n"))
            defer { output.isWriting = true }
            return !output.isWriting
        }
        if starts { writing.async { [self] in writeAll() } }
    }

    private func writeAll() {
        while true {
            let next = output.withLock { output -> ByteBuffer? in
                guard output.waiting.readableBytes > 0, !output.isBroken else {
                    output.isWriting = false
                    return nil
                }
                defer { output.waiting = ByteBuffer() }
                return output.waiting
            }
            guard var bytes = next else { return }
            while bytes.readableBytes > 0 {
                let count = unsafe bytes.withUnsafeReadableBytes { bytes in
                    unsafe systemWrite(STDOUT_FILENO, bytes.baseAddress, bytes.count)
                }
                if count < 0, isTemporary(errno) {
                    waitUntilReady(STDOUT_FILENO, CShort(POLLOUT))
                    continue
                }
                guard count > 0 else {
                    output.withLock { output in
                        output.isBroken = true
                        output.waiting = ByteBuffer()
                    }
                    break
                }
                bytes.moveReaderIndex(forwardBy: count)
            }
        }
    }

    private func waitForOutput() {
        while output.withLock({ $0.waiting.readableBytes > Self.maximumUnwritten && !$0.isBroken }) {
            // What waits is handed over as a whole to a write that blocks: this returns when that is done.
            writing.sync {}
        }
    }

    /// Waits until everything has been written, or cannot be.
    func flush() {
        writing.sync {}
    }
}

/// Whether a call may succeed later: it was interrupted, or somebody else has made the descriptor non-blocking.
private func isTemporary(_ error: CInt) -> Bool {
    error == EINTR || error == EAGAIN || error == EWOULDBLOCK
}

private func waitUntilReady(_ descriptor: CInt, _ events: CShort) {
    var request = pollfd(fd: descriptor, events: events, revents: 0)
    _ = unsafe poll(&request, 1, 1_000)
}

private func systemRead(_ descriptor: CInt, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, start, count)
}

private func systemWrite(_ descriptor: CInt, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, start, count)
}
