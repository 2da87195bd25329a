import MCPCore
import MCPFrontEnd
import MCPGateway
import MCPValues
import NIOCore
import NIOPosix

/// Reads all the tools that clients of a route see.
struct ToolListing: Sendable {
    /// A server that gives a next page again and again is not followed for ever.
    private static let maximumPages = 1_000

    let gateway: Gateway
    let route: Route

    /// - Returns: A JSON array of the objects that the server sent.
    func read() async throws(ManagementRefusal) -> ByteBuffer {
        var tools = ByteBuffer(string: "[")
        var cursor: String?
        for _ in 0..<Self.maximumPages {
            let answer = try await page(after: cursor)
            guard let result = answer.view(answer.envelope.result), let page = result["tools"] else {
                throw refusal(answer.view(answer.envelope.error)?["message"]?.string ?? "it gave no list of tools")
            }
            let objects = page.bytes.readableBytesView.dropFirst().dropLast()
            if !objects.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) {
                if tools.readableBytes > 1 { tools.writeString(",") }
                tools.writeBytes(objects)
            }
            guard let next = result["nextCursor"]?.string, cursor.map(next.hasBytes(of:)) != true else { break }
            cursor = next
        }
        tools.writeString("]")
        return tools
    }

    private func refusal(_ words: String) -> ManagementRefusal {
        ManagementRefusal(.serverFailed, "the tools cannot be listed: \(words)")
    }

    private func page(after cursor: String?) async throws(ManagementRefusal) -> Message {
        var text = ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"#)
        if let cursor {
            text.writeString(#""cursor":"#)
            text.writeJSONString(cursor)
        }
        text.writeString("}}")
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let answer: ByteBuffer? = await withCheckedContinuation { continuation in
            eventLoop.execute { [text] in
                gateway.openForOneRequest(route: route, principal: .anonymous, on: eventLoop) { session in
                    // It is ours, and in order.
                    guard let request = try? Message(text) else { return continuation.resume(returning: nil) }
                    session.receive(request: request, OneReply { continuation.resume(returning: $0) })
                    session.endWithItsCalls()
                }
            }
        }
        do {
            guard let answer else { throw refusal("it did not answer") }
            return try Message(answer)
        } catch let error as ManagementRefusal {
            throw error
        } catch {
            throw refusal("its answer cannot be read")
        }
    }
}

/// Takes one answer and nothing else.
private final class OneReply: ReplySink {
    private let taken: @Sendable (ByteBuffer?) -> Void

    init(_ taken: @escaping @Sendable (ByteBuffer?) -> Void) {
        self.taken = taken
    }

    var carriesMessages: Bool { false }
    func send(_ message: ByteBuffer) {}
    func finish(_ answer: ByteBuffer) { taken(answer) }
    func abandon() { taken(nil) }
}
