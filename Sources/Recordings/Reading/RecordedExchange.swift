package import MCPCore
import NIOCore

/// A request of a recording and what it was answered with.
package struct RecordedExchange: Sendable {
    /// How a request was answered.
    package enum Answer: Sendable {
        case result(JSONView)
        case error(JSONView)
    }

    package let side: RecordedSide
    /// Where the request stands.
    package let line: Int
    package let method: String
    /// Nil where the request has none.
    package let params: JSONView?
    package let server: String?
    /// The place at which the client was served.
    package let route: String?
    package let era: String?
    /// Nil where there was none before the end.
    package internal(set) var answer: Answer?

    /// Of a tool or a prompt, or the address of a resource.
    package var name: String? { params?["name"]?.string ?? params?["uri"]?.string }

    /// Whether something in the request was left out when it was written, so that it cannot be sent as it was.
    package var isMasked: Bool {
        // With the quotes: it stands in the place of a whole value.
        params.map { String(buffer: $0.bytes).contains("\"\(MemberMask.mark)\"") } ?? false
    }
}
