import MCPGateway

/// The head of a request that is to bring a server, from somebody who may speak to the API.
struct AdHocRequest: Sendable {
    enum Kind: Sendable {
        case streamable
        case eventStream
    }

    let endpoint: AdHocEndpoint
    let admitted: AdmittedRequest
    let kind: Kind
    let caller: ManagementCaller
    let maximumBody: Int
    /// Why it is refused if it brings no server; nil where that is a mistake of its own.
    var otherwise: Refusal?
}
