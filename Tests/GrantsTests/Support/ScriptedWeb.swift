import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Synchronization

/// Stands for the network: answers at each address as a test says, and remembers what was asked. Where nothing was said
/// it is 404.
final class ScriptedWeb: Sendable {
    /// A request as it was sent.
    struct Request: Sendable {
        let call: HTTPCall

        var line: String { "\(call.method.rawValue) \(call.url)" }
        var body: String { call.body.map { String(buffer: $0) } ?? "" }

        func header(_ name: String) -> String? { call.headers.first { $0.name == name }?.value }

        /// A field of a form that is there once.
        func field(_ name: String) -> String? {
            let values = (FormText.read(body) ?? []).filter { $0.name == name }
            return values.count == 1 ? values[0].value : nil
        }
    }

    /// What is answered.
    struct Page: Sendable {
        var status = 200
        var body = "{}"
        var location: String?
        var isJSON = true
        var failure: UpstreamFailure?
        /// Answers only when somebody lets it.
        var gate: EventQueue<Void>?
    }

    private struct State {
        var pages: [String: [Page]] = [:]
        var requests: [Request] = []
    }

    private let state = Mutex(State())
    /// Told of each request when it comes.
    let arrivals = EventQueue<Request>()

    /// What is answered at an address: one after the other, and the last for ever.
    func put(_ pages: Page..., at url: String) { state.withLock { $0.pages[url] = pages } }

    func put(_ body: String, at url: String) { put(Page(body: body), at: url) }

    func remove(_ url: String) { state.withLock { $0.pages[url] = nil } }

    var requests: [Request] { state.withLock { $0.requests } }

    var lines: [String] { requests.map(\.line) }

    /// Waits for a request to this address.
    func arrival(at url: String) async throws -> Request {
        while true {
            let request = try await arrivals.next()
            if "\(request.call.url)" == url { return request }
        }
    }

    func send(_ call: HTTPCall) async throws(UpstreamFailure) -> HTTPCall.Answer {
        let request = Request(call: call)
        let page = state.withLock { state -> Page in
            state.requests.append(request)
            let url = "\(call.url)"
            guard let pages = state.pages[url], let page = pages.first else {
                return Page(status: 404, body: "not here", isJSON: false)
            }
            if pages.count > 1 { state.pages[url]?.removeFirst() }
            return page
        }
        arrivals.add(request)
        // A gate that nobody opens fails the test elsewhere.
        try? await page.gate?.next()
        if let failure = page.failure { throw failure }
        return HTTPCall.Answer(
            status: page.status, body: ByteBuffer(string: page.body), location: page.location, isJSON: page.isJSON)
    }
}
