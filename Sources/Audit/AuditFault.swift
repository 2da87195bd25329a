/// Says in words why an audit could not be read or written.
package struct AuditFault: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
