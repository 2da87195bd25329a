import MCPCore
import MCPGateway
import NIOCore
import NIOHTTP1
import Synchronization

/// `/healthz` says that the proxy lives, `/readyz` whether its servers have had their chance to start. Both are also at
/// the paths that the Go program has, which begin with an underscore.
final class StatusPages: Sendable {
    /// The pages by their paths.
    private enum Page {
        case health
        case readiness

        init?(path: String) {
            // Every request comes by here, so nothing is made of its path.
            switch path {
            case "/healthz", "/_healthz": self = .health
            case "/readyz", "/_readyz": self = .readiness
            default: return nil
            }
        }
    }

    private let gateway: Gateway
    private let table: EndpointTable
    private let disabled: Mutex<[String]>
    private let tokens: Mutex<RouteTokens>

    init(gateway: Gateway, table: EndpointTable, disabled: [String], tokens: RouteTokens) {
        self.gateway = gateway
        self.table = table
        self.disabled = Mutex(disabled)
        self.tokens = Mutex(tokens)
    }

    /// Notes which servers are left out.
    func show(disabled names: [String]) {
        disabled.withLock { $0 = names }
    }

    /// Shows the servers to whoever has one of these tokens, and to nobody else from now on.
    func show(to tokens: RouteTokens) {
        self.tokens.withLock { $0 = tokens }
    }

    /// Whether there is a page at a path.
    func has(_ path: String) -> Bool { Page(path: path) != nil }

    /// Answers a request for one of the pages.
    func handle(_ request: AdmittedRequest, _ responder: HTTPResponder) {
        guard let page = Page(path: request.target.path) else { return }
        guard request.http.method == .GET || request.http.method == .HEAD else {
            responder.refuse(Refusal(.methodNotAllowed("GET, HEAD"), "use GET"))
            return
        }
        switch page {
        case .health:
            responder.respond(.ok, json: ByteBuffer(string: #"{"status":"ok"}"#))
        case .readiness:
            let tokens = self.tokens.withLock { $0 }
            let mayRead = tokens.principal(authorization: request.http[.authorization]) != nil
            readiness(showsServers: mayRead, responder)
        }
    }

    private func readiness(showsServers: Bool, _ responder: HTTPResponder) {
        let servers = table.offers.filter(\.isListed).sorted { $0.name < $1.name }.compactMap(\.member?.server)
        let isStarting = servers.contains { $0.status.state == .starting && $0.status.error == nil }
        let word = gateway.isDraining ? "draining" : isStarting ? "starting" : "ready"
        var body = ByteBuffer(string: #"{"status":""#)
        body.writeString(word)
        body.writeString("\"")
        if showsServers {
            body.writeString(#","servers":{"#)
            var isFirst = true
            for server in servers { write(server, to: &body, &isFirst) }
            for name in disabled.withLock({ $0 }).sorted() {
                begin(name, .disabled, to: &body, &isFirst)
                body.writeString("}")
            }
            body.writeString("}")
        }
        body.writeString("}")
        responder.respond(word == "ready" ? .ok : .serviceUnavailable, json: body)
    }

    private func begin(
        _ name: String,
        _ state: ServerStatus.State,
        to body: inout ByteBuffer,
        _ isFirst: inout Bool
    ) {
        if !isFirst { body.writeString(",") }
        isFirst = false
        body.writeJSONString(name)
        body.writeString(#":{"state":"\#(state.rawValue)""#)
    }

    private func write(_ server: ServerConnections, to body: inout ByteBuffer, _ isFirst: inout Bool) {
        let status = server.status
        begin(server.displayName, status.state, to: &body, &isFirst)
        body.writeString(#","transport":"\#(status.transport)""#)
        let numbers = [("tools", status.tools), ("prompts", status.prompts), ("resources", status.resources)]
        for (name, number) in numbers {
            guard let number else { continue }
            body.writeString(",\"\(name)\":\(number)")
        }
        for (name, text) in [
            ("note", status.note), ("error", status.error), ("pendingChange", status.pendingChange),
        ] {
            guard let text else { continue }
            body.writeString(",\"\(name)\":")
            body.writeJSONString(text)
        }
        if let callError = status.callError {
            body.writeString(",\"callError\":")
            body.writeJSONString(callError)
        }
        if let circuit = status.circuit {
            body.writeString(",\"circuit\":")
            body.writeImmutableBuffer(circuit.json)
        }
        if let withheld = WithheldPins(server.pins) {
            body.writeString(",\"withheld\":")
            body.writeImmutableBuffer(withheld.json)
        }
        if status.sessionsLost > 0 { body.writeString(",\"sessionsLost\":\(status.sessionsLost)") }
        body.writeString(",\"restarts\":\(status.restarts)}")
    }
}
