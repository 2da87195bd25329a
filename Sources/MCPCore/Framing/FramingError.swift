/// Why a stream of bytes cannot be cut into messages any further.
package struct FramingError: Error, Equatable, Sendable {
    /// What was too long.
    package enum Code: Sendable {
        case lineTooLong
        case eventTooLong
    }

    package let code: Code
    /// The limit that was passed, in bytes.
    package let limit: Int

    package init(code: Code, limit: Int) {
        self.code = code
        self.limit = limit
    }
}
