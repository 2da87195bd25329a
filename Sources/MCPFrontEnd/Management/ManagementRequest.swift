import MCPGateway

/// The head of a request to the management API from somebody who may make it.
struct ManagementRequest: Sendable {
    /// Says what it is for, as far as the head tells.
    enum Aim: Sendable, Equatable {
        case list(ManagementAccess.Reach)
        case read
        case change
    }

    let endpoint: ManagementEndpoint
    let admitted: AdmittedRequest
    let path: ManagementPath
    let caller: ManagementCaller
    let aim: Aim
    /// Why it is refused unless it is about a login that is the caller's own; nil where he may ask for it in any case.
    let unlessOwnLogin: ManagementProblem?
    /// What the log says of it, if it is a change.
    let record: ManagementAudit.Record?
    let maximumBody: Int

    /// The server at which the caller may do nothing but log in and out for himself: he stays for as long as he may use it.
    var serverOfOwnLogin: String? {
        guard unlessOwnLogin != nil, case .named(let text) = path else { return nil }
        return ServerAction.split(text)?.name
    }
}
