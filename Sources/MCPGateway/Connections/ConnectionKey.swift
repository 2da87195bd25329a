import MCPCore
package import MCPUpstream
package import NIOCore

/// Names what a connection to a server is for; sessions with equal keys share it.
package enum ConnectionKey: Hashable, Sendable {
    case shared
    case principal(Principal, capabilities: CapabilitiesKey)
    case session(String)
}

/// A client's declared capabilities, comparable.
package struct CapabilitiesKey: Hashable, Sendable {
    private let bytes: [UInt8]
    /// What its header fields say of who the client is to servers.
    private let passed: PassedFields

    package static let none = CapabilitiesKey(ByteBuffer(string: "{}"))

    /// - Parameter capabilities: A JSON object. White space between tokens makes no difference.
    package init(_ capabilities: ByteBuffer, _ passed: PassedFields = .none) {
        self.passed = passed
        var inString = false
        var escaped = false
        bytes = capabilities.readableBytesView.filter { byte in
            if inString {
                if escaped {
                    escaped = false
                } else if byte == 0x5C {
                    escaped = true
                } else if byte == 0x22 {
                    inString = false
                }
                return true
            }
            if byte == 0x22 { inString = true }
            return ![0x20, 0x09, 0x0A, 0x0D].contains(byte)
        }
    }
}
