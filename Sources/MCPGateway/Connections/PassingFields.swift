import MCPUpstream

/// The header fields of a client that go to a server with what has none of its own on one connection, and may change.
///
/// Confined to the connection's event loop; that is what makes `@unchecked Sendable` true.
final class PassingFields: @unchecked Sendable {
    /// nil where the server gets none.
    var brought: BroughtFields?

    init(_ brought: BroughtFields?) {
        self.brought = brought
    }
}
