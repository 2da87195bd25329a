import MCPGateway
import MCPUpstream
import NIOHTTP1

extension AuthenticatedRequest {
    /// What of its header fields is for servers (`headersFromClient`). Of callers who have shown nothing of who they are
    /// nothing is passed on.
    var passed: PassedFields {
        guard principal != .anonymous else { return .none }
        let names = offer.passedNames
        guard !names.isEmpty else { return .none }
        // What Connection names is for the next hop alone (RFC 9110, 7.6.1), which is the proxy.
        let forProxy = http.head.headers[canonicalForm: "Connection"].map { $0.lowercased() }
        return PassedFields(names) { name in
            forProxy.contains(name) ? [] : http.head.headers[name]
        }
    }
}
