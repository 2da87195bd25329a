/// The header fields of a client that go to a server with every request of one connection, and may change.
///
/// Confined to the connection's event loop; that is what makes `@unchecked Sendable` true.
final class PassingFields: @unchecked Sendable {
    var fields: [(name: String, value: String)]

    init(_ fields: [(name: String, value: String)]) {
        self.fields = fields
    }
}
