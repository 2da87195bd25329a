import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Synchronization

@testable import ProxyControl

/// Servers in memory, in the place of programs and remote ones. A server is known by its command or URL, says itself what
/// it is and which tool it has; calls of that tool wait for the test, and those of another one, `quick`, do not.
final class ScriptedServers: ServerLinks {
    /// How servers start.
    enum Start: Sendable {
        case succeeds
        case fails
        /// When the test says so.
        case waits
    }

    /// A call that a server was sent, and that waits for the test.
    struct Call: Sendable {
        /// The command or URL of who was sent it.
        let server: String
        private let id: Int64
        private let link: ScriptedLink

        fileprivate init(_ server: String, _ id: Int64, _ link: ScriptedLink) {
            self.server = server
            self.id = id
            self.link = link
        }

        /// The server answers with its name.
        func answer() {
            link.eventLoop.execute { link.answer(id, result: #"{"content":[],"from":"\#(server)"}"#) }
        }
    }

    private struct State {
        var starts: [String: Start] = [:]
        var addresses: [String: UpstreamAddress] = [:]
        var waiting: [(server: String, link: ScriptedLink)] = []
        var timesEndedForbidden = 0
    }

    let census = LinkCensus()
    /// The command or URL of every link that is made.
    let made = EventQueue<String>()
    /// The same when it was closed by the proxy.
    let closed = EventQueue<String>()
    let calls = EventQueue<Call>()
    private let state = Mutex(State())

    /// How a server starts from now on; before that it succeeds.
    func set(_ server: String, _ start: Start) {
        state.withLock { $0.starts[server] = start }
    }

    /// Has a server start on all links that have waited for it, and on all that come.
    func start(_ server: String) {
        let waiting = state.withLock { state in
            state.starts[server] = .succeeds
            defer { state.waiting.removeAll { $0.server == server } }
            return state.waiting.filter { $0.server == server }.map(\.link)
        }
        for link in waiting { link.eventLoop.execute { link.openNow() } }
    }

    /// How a server was last to be reached.
    func address(of server: String) -> UpstreamAddress? {
        state.withLock { $0.addresses[server] }
    }

    /// How often the connections to what may not be called any longer were ended.
    var timesEndedForbidden: Int { state.withLock { $0.timesEndedForbidden } }

    // MARK: ServerLinks

    func factory(for address: UpstreamAddress, named name: String) -> Upstream.LinkFactory {
        let server = Self.name(of: address)
        state.withLock { $0.addresses[server] = address }
        return { [self] eventLoop in
            let link = ScriptedLink(on: eventLoop)
            link.whenSent = { [self, weak link] sent in
                guard let link, case .request(let id) = sent.kind else { return }
                let request = sent.message
                // Not before the one who sends it has done so.
                eventLoop.execute { [self] in answer(request, id, of: server, on: link) }
            }
            link.whenClosed = { [closed] in closed.add(server) }
            eventLoop.execute { [self] in begin(server, link) }
            made.add(server)
            return link
        }
    }

    func endForbiddenConnections() async {
        state.withLock { $0.timesEndedForbidden += 1 }
    }

    // MARK: What servers do

    private static func name(of address: UpstreamAddress) -> String {
        switch address {
        case .stdio(let settings): settings.command
        case .http(let url, _, _, _, _, _): "\(url)"
        case .unusable(let failure): failure.detail
        }
    }

    private func begin(_ server: String, _ link: ScriptedLink) {
        let start = state.withLock { state in
            let start = state.starts[server] ?? .succeeds
            if start == .waits { state.waiting.append((server, link)) }
            return start
        }
        switch start {
        case .succeeds: link.openNow()
        case .fails: link.breakDown(UpstreamFailure(.processEnded, "it does not start", nothingSent: true))
        case .waits: break
        }
    }

    private func answer(_ request: Message, _ id: Int64, of server: String, on link: ScriptedLink) {
        switch request.method {
        case .initialize:
            link.answer(
                id,
                result: #"{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"#
                    + #""serverInfo":{"name":"\#(server)","version":"1"}}"#)
        case .toolsList:
            link.answer(id, result: #"{"tools":[{"name":"t","inputSchema":{"type":"object"}}]}"#)
        case .toolsCall:
            let call = Call(server, id, link)
            if request.view(request.envelope.name)?.string == "quick" { call.answer() } else { calls.add(call) }
        case .ping: link.answer(id)
        default:
            link.receive(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32601,"message":"Method not found"}}"#)
        }
    }
}
