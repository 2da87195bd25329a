import MCPCore
import MCPUpstream
import NIOCore
import ProxyControl
import Synchronization

/// A recording at a running proxy, from its beginning to its end, line by line into an output.
struct RecordingRun {
    /// How often a connection that breaks is made anew without a line in between.
    private static let mostAttempts = 5
    /// How long the end of a recording is waited for that was told to end.
    private static let lastWait = Duration.seconds(10)

    let client: ManagementClient
    let output: RecordingOutput
    let signals: TerminationSignals

    /// Records until the recording ends, by itself or because of a signal.
    ///
    /// - Parameter body: What is asked for, in JSON.
    /// - Returns: The last line.
    func run(_ body: ByteBuffer) async throws -> JSONView? {
        let begun = try await client.answer(.post, "recordings", body)
        guard let id = begun["id"]?.string else {
            throw CommandFailure("\(client.place.shown) does not answer as a mcp-proxy does")
        }
        let path = "recordings/\(id)"
        Interruption.tellWaiting(
            "recording for \(begun["seconds"]?.integer ?? 0) s at most; Ctrl-C ends it"
        )
        do {
            let last = try await follow(path)
            // One that has ended by itself is kept until somebody removes it; that it is gone already is as good.
            if signals.arrivals.current == 0 { _ = try? await client.send(.delete, path) }
            return last
        } catch {
            // What is wrong is said below; a proxy that is gone has no recording either.
            _ = try? await client.send(.delete, path)
            throw error
        }
    }

    /// Writes the lines as they come.
    private func follow(_ path: String) async throws -> JSONView? {
        // As many as fit into a recording wait for a slow disk at most.
        let (lines, source) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .unbounded)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { source.finish() }
                try await read(path) { source.yield($0) }
            }
            group.addTask {
                await signals.arrivals.wait(past: 0)
                guard !Task.isCancelled else { return }
                // Its last line comes the same way as the others; that it has ended meanwhile does not matter.
                _ = try? await client.send(.delete, path)
                try await Task.sleep(for: Self.lastWait)
                source.finish()
            }
            defer { group.cancelAll() }
            var last: ByteBuffer?
            for await line in lines {
                try output.write(line)
                last = line
            }
            // What the proxy has written is JSON.
            let end = try last.map { try JSONText(scanning: $0).root }
            if end?["end"] == nil, signals.arrivals.current == 0 { try await group.next() }
            return end
        }
    }

    /// Reads the lines, on a new connection where one breaks.
    private func read(_ path: String, _ onLine: @escaping @Sendable (ByteBuffer) -> Void) async throws {
        let place = Place()
        var attempts = 0
        while true {
            let before = place.next
            do {
                try await client.follow("\(path)?follow=true", after: place.next - 1) { event in
                    if event.name == "end" { return place.end() }
                    // A proxy that ends says when to come back, in an event without data.
                    guard !place.hasEnded, event.data.readableBytes > 0 else { return }
                    place.advance()
                    onLine(event.data)
                }
                if place.hasEnded { return }
            } catch let error as ManagementClient.NoProxy {
                throw gone(error)
            } catch let error as CommandFailure {
                attempts = place.next > before ? 1 : attempts + 1
                guard attempts < Self.mostAttempts, !error.isMissing else { throw error }
            }
            try Task.checkCancellation()
        }
    }

    /// The proxy has gone: there is no more to come.
    private func gone(_ error: ManagementClient.NoProxy) -> CommandFailure {
        CommandFailure("\(error.words) any more; \(output.name) has what was recorded until then")
    }

    /// Up to where the lines have come.
    private final class Place: Sendable {
        private struct State {
            var next = 0
            var hasEnded = false
        }

        private let state = Mutex(State())

        var next: Int { state.withLock { $0.next } }
        var hasEnded: Bool { state.withLock { $0.hasEnded } }

        func advance() { state.withLock { $0.next += 1 } }
        func end() { state.withLock { $0.hasEnded = true } }
    }
}
