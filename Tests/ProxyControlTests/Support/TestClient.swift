import MCPCore
import MCPGateway
import MCPTestSupport
import NIOCore
import Synchronization

/// A client with a session, on an event loop of the proxy.
final class TestClient: Sendable {
    struct NotOpened: Error {
        let answer: String
    }

    private let session: ClientSession
    private let outlet = Outlet()
    private let lastID = Mutex(1)

    /// Opens a session on an offer, as somebody who was let in.
    init(on offer: Offer, of gateway: Gateway, as principal: Principal, _ eventLoop: any EventLoop) async throws {
        let initialize = try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","#
                + #""capabilities":{},"clientInfo":{"name":"c","version":"1"}}}"#)
        let opening = await withCheckedContinuation { continuation in
            eventLoop.execute {
                gateway.open(initialize, offer: offer, principal: principal, on: eventLoop) {
                    continuation.resume(returning: $0)
                }
            }
        }
        switch opening {
        case .opened(let session, _): self.session = session
        case .failed(let answer): throw NotOpened(answer: answer.text)
        case .refused(let refusal): throw NotOpened(answer: refusal.words)
        }
        let (session, outlet) = (self.session, outlet)
        try await eventLoop.submit {
            session.outlet = outlet
            session.outletOpened()
        }.get()
    }

    /// Calls a tool, by default one whose answer waits for the test.
    func call(_ tool: String = "t") throws -> Reply {
        let id = lastID.withLock { id in
            id += 1
            return id
        }
        let message = try Message(
            #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)"}}"#)
        let reply = Reply()
        session.eventLoop.execute { [session] in session.receive(request: message, reply) }
        return reply
    }

    /// Waits until the session has ended.
    func end() async throws { try await outlet.ends.next() }

    /// Whether it has ended by now.
    var hasEnded: Bool { !outlet.ends.rest.isEmpty }

    /// What comes of a call.
    final class Reply: ReplySink {
        let carriesMessages = false
        let origin = RequestOrigin()
        private let answers = EventQueue<String>()

        func send(_ message: ByteBuffer) {}
        func finish(_ answer: ByteBuffer) { answers.add(answer.text) }
        func abandon() { answers.add("abandoned") }

        /// Waits for the answer.
        var answer: String { get async throws { try await answers.next() } }

        /// Whether nothing has come yet.
        var isOpen: Bool { answers.rest.isEmpty }
    }

    private final class Outlet: SessionOutlet {
        /// The client listens to nothing but answers.
        let isOpen = false
        let ends = EventQueue<Void>()

        func send(_ message: ByteBuffer) {}
        func close() { ends.add(()) }
    }
}
