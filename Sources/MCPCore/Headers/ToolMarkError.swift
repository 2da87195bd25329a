/// Why the `x-mcp-header` marks of a tool cannot be followed.
package struct ToolMarkError: Error, Sendable, Equatable {
    /// Whether the definition of the tool is at fault or the arguments of one call.
    package enum Code: Sendable, Equatable {
        /// A mark breaks a rule, which makes the tool unusable for clients of streamable HTTP.
        case invalidMark
        /// An argument has no form that its header could carry. Another call may go well.
        case invalidArgument
    }

    package let code: Code
    /// For a log line: names the property, and quotes what the server wrote only shortened and escaped.
    package let reason: String

    package init(code: Code, reason: String) {
        self.code = code
        self.reason = reason
    }
}
