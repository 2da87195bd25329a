/// Where it is written down what was called and changed (`mcpProxy.audit`).
package struct AuditSettings: Sendable, Equatable {
    /// How much of the arguments of tools is written.
    package enum Arguments: String, Sendable, CaseIterable {
        case none
        case redacted
        case full
    }

    /// What becomes of calls and changes while nothing can be written.
    package enum FailurePolicy: String, Sendable, CaseIterable {
        case `continue`
        case refuse
    }

    /// The file; nil where nothing is written down.
    package var file: String?
    package var arguments = Arguments.none
    /// How long the file may become before another one is begun.
    package var maxBytes = 64 << 20
    /// How many older files are kept.
    package var keep = 8
    package var onFailure = FailurePolicy.continue

    package init() {}
}
