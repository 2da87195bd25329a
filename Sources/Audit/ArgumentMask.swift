import MCPCore
import NIOCore

/// Writes the arguments of a tool as an audit may keep them.
struct ArgumentMask: Sendable {
    let arguments: AuditRules.Arguments
    /// The tokens of the proxy itself.
    var secrets: [String] = []

    /// The arguments on one line; nil where none are kept.
    func masked(_ arguments: JSONView) -> ByteBuffer? {
        switch self.arguments {
        case .none: return nil
        case .full:
            var bytes = arguments.bytes
            bytes.blankLineBreaks()
            return bytes
        case .redacted: return MemberMask(secrets: secrets, hidesNamed: true).masked(arguments)
        }
    }
}
