/// Whether a kind of change over the API is possible at all (`mcpProxy.management.remote` and `.adHoc`).
package enum ManagementPermission: String, Sendable, Equatable, CaseIterable {
    /// For callers who may change servers; the default.
    case allow
    /// For nobody.
    case deny
}
