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
        return PassedFields(names) { http.head.headers[$0] }
    }
}
