import MCPCore
import MCPGateway
import MCPValues
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
    private let access: Mutex<Access>

    init(gateway: Gateway, table: EndpointTable, disabled: [String], access: Access) {
        self.gateway = gateway
        self.table = table
        self.disabled = Mutex(disabled)
        self.access = Mutex(access)
    }

    /// Notes which servers are left out.
    func show(disabled names: [String]) {
        disabled.withLock { $0 = names }
    }

    /// Shows the servers to these, and to nobody else from now on.
    func show(to access: Access) {
        self.access.withLock { $0 = access }
    }

    /// Tells whether there is a page at a path.
    func has(_ path: String) -> Bool { Page(path: path) != nil }

    /// Tells whether what stands at a path depends on who asks for it.
    func asksWhoReads(_ path: String) -> Bool { Page(path: path) == .readiness }

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
            let access = self.access.withLock { $0 }
            // The token may have been taken away while the rest of the request was waited for.
            let shown = request.shown.isRevoked ? nil : request.shown.principal
            readiness(for: access.principal(for: shown), responder)
        }
    }

    /// - Parameter reader: nil for somebody who may not know which servers there are.
    private func readiness(for reader: Principal?, _ responder: HTTPResponder) {
        let servers = table.offers.filter(\.isListed).sorted { $0.name < $1.name }.compactMap(\.member?.server)
        let isStarting = servers.contains { $0.status.state == .starting && $0.status.error == nil }
        let word = gateway.isDraining ? "draining" : isStarting ? "starting" : "ready"
        var body = ByteBuffer(string: #"{"status":""#)
        body.writeString(word)
        body.writeString("\"")
        if let reader {
            body.writeString(#","servers":{"#)
            var isFirst = true
            for server in servers where mayKnow(reader, of: server.name) { write(server, to: &body, &isFirst) }
            for name in disabled.withLock({ $0 }).sorted() where mayKnow(reader, of: name) {
                begin(name, .disabled, to: &body, &isFirst)
                body.writeString("}")
            }
            body.writeString("}")
        }
        body.writeString("}")
        responder.respond(word == "ready" ? .ok : .serviceUnavailable, json: body)
    }

    /// Tells whether somebody who may read the status may know of a server. A client that the operator has named knows
    /// of what it may use, and of all where it may read in the management API.
    private func mayKnow(_ reader: Principal, of server: String) -> Bool {
        guard reader.isNamed else { return true }
        let rights = reader.rights
        return rights.admit(.management(.read)) || rights.admit(.server(ByteText(server)))
            || rights.usesUnguarded && table.admits(reader, at: server)
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
            ("note", status.note), ("login", status.login?.need), ("error", status.error),
            ("pendingChange", status.pendingChange),
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
