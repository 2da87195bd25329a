import MCPCore
import MCPGateway
import NIOCore
import NIOHTTP1
import Synchronization

/// `/healthz` says that the proxy lives, `/readyz` whether its servers have had their chance to start.
final class StatusPages: Sendable {
    private let gateway: Gateway
    private let disabled: Mutex<[String]>
    private let tokens: RouteTokens

    init(gateway: Gateway, disabled: [String], tokens: RouteTokens) {
        self.gateway = gateway
        self.disabled = Mutex(disabled)
        self.tokens = tokens
    }

    /// Notes which servers are left out.
    func show(disabled names: [String]) {
        disabled.withLock { $0 = names }
    }

    /// Answers the request if it is for one of the pages.
    func handle(_ request: AdmittedRequest, _ responder: HTTPResponder) -> Bool {
        guard ["/healthz", "/readyz"].contains(request.target.path) else { return false }
        guard request.http.method == .GET || request.http.method == .HEAD else {
            responder.refuse(.methodNotAllowed, "use GET", headers: [("Allow", "GET, HEAD")])
            return true
        }
        if request.target.path == "/healthz" {
            responder.respond(.ok, json: ByteBuffer(string: #"{"status":"ok"}"#))
        } else {
            let mayRead = tokens.principal(authorization: request.http.fields[.authorization]) != nil
            readiness(showsServers: mayRead, responder)
        }
        return true
    }

    private func readiness(showsServers: Bool, _ responder: HTTPResponder) {
        let routes = gateway.allRoutes.sorted { $0.name < $1.name }
        let isStarting = routes.contains { $0.server.status.state == .starting && $0.server.status.error == nil }
        let word = gateway.isDraining ? "draining" : isStarting ? "starting" : "ready"
        var body = ByteBuffer(string: #"{"status":""#)
        body.writeString(word)
        body.writeString("\"")
        if showsServers {
            body.writeString(#","servers":{"#)
            var isFirst = true
            for route in routes { write(route.server, to: &body, &isFirst) }
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
        if let error = status.error {
            body.writeString(",\"error\":")
            body.writeJSONString(error)
        }
        if let callError = status.callError {
            body.writeString(",\"callError\":")
            body.writeJSONString(callError)
        }
        if let circuit = status.circuit {
            body.writeString(",\"circuit\":")
            body.writeImmutableBuffer(circuit.json)
        }
        body.writeString(",\"restarts\":\(status.restarts)}")
    }
}
