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
    /// What the log says of it, if it is a change.
    let record: ManagementAudit.Record?
    let maximumBody: Int
}
