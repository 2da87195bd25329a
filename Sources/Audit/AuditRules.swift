/// How an audit is written.
package struct AuditRules: Sendable, Equatable {
    /// How much of the arguments of tools is written.
    package enum Arguments: Sendable {
        case none
        /// Without secrets, as far as names and tokens of the proxy show them.
        case redacted
        case full
    }

    package let file: String
    package let arguments: Arguments
    /// How long a file may be.
    package let maximumBytes: Int
    /// How many older files are kept.
    package let keep: Int
    /// Whether calls and changes are refused while none can be written.
    package let refuses: Bool

    package init(file: String, arguments: Arguments, maximumBytes: Int, keep: Int, refuses: Bool) {
        self.file = file
        self.arguments = arguments
        self.maximumBytes = maximumBytes
        self.keep = keep
        self.refuses = refuses
    }
}
