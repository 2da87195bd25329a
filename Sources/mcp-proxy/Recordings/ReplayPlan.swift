import MCPCore
import NIOCore
import Recordings

/// What of a recording is sent again, and what is not and why.
struct ReplayPlan: Sendable {
    /// One request that is sent.
    struct Step: Sendable {
        let exchange: RecordedExchange
        let method: Method

        /// What is asked for, without what the client has said of itself.
        var params: ByteBuffer {
            var params = JSONObjectWriter()
            exchange.params?.forEachMember { name, value in
                if name != "_meta" { params.add(name, json: value.bytes) }
            }
            return params.finished
        }

        /// What it is called.
        var title: String { ReplayPlan.title(of: exchange) }
    }

    private static let reads: [Method] = [
        .toolsList, .promptsList, .resourcesList, .resourceTemplatesList, .promptsGet, .resourcesRead,
        .completionComplete,
    ]
    /// What only opens, ends or watches something; nobody expects it to be sent again.
    private static let silent: [Method] = [
        .initialize, .ping, .serverDiscover, .subscriptionsListen, .loggingSetLevel, .resourcesSubscribe,
        .resourcesUnsubscribe,
    ]

    private(set) var steps: [Step] = []
    /// The titles of other requests, each with the reason why it is not sent.
    private(set) var left: [(title: String, reason: String)] = []

    /// - Parameters:
    ///   - callsTools: Whether calls of tools are sent as well.
    ///   - server: Which server they are sent to: of a recording of several, that one's requests are taken. nil for those
    ///     of all.
    init(_ recording: ReadRecording, callsTools: Bool, for server: String?) {
        let chosen = recording.servers.count > 1 ? server : nil
        for exchange in recording.exchanges where exchange.side == .client {
            let method = Method(name: exchange.method)
            guard !Self.silent.contains(method) else { continue }
            if let reason = Self.reason(against: exchange, of: chosen)
                ?? Self.reason(against: exchange, method, callsTools)
            {
                left.append((Self.title(of: exchange), reason))
            } else {
                steps.append(Step(exchange: exchange, method: method))
            }
        }
    }

    /// Why a request is not sent to the server that was chosen of several; nil where it may be.
    private static func reason(against exchange: RecordedExchange, of chosen: String?) -> String? {
        guard let chosen, let server = exchange.server, !server.utf8.elementsEqual(chosen.utf8) else { return nil }
        return "it was for \"\(PrintableText.make(server))\", which --server does not name"
    }

    /// Why a request is not sent; nil where it is.
    private static func reason(against exchange: RecordedExchange, _ method: Method, _ callsTools: Bool) -> String? {
        if method == .toolsCall, !callsTools { return "it calls a tool, which --calls would do" }
        guard reads.contains(method) || method == .toolsCall else { return "it is neither a list nor a read" }
        if exchange.server == nil {
            return "it came to an endpoint of several servers, and the proxy answered it itself"
        }
        if let route = exchange.route, let server = exchange.server, route != server {
            return "it came to \"\(PrintableText.make(route))\", where other names are used"
        }
        if exchange.params?["requestState"] != nil || exchange.params?["inputResponses"] != nil {
            return "it goes on with a call that has ended"
        }
        return exchange.isMasked ? "what it sends was left out of the recording" : nil
    }

    private static func title(of exchange: RecordedExchange) -> String {
        let name = exchange.name.map { " \(PrintableText.make($0))" } ?? ""
        return "\(PrintableText.make(exchange.method))\(name)"
    }
}
