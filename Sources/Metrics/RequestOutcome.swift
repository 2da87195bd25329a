/// How a request ended, as an operator counts it.
package enum RequestOutcome: String, Sendable, CaseIterable {
    /// It was answered with a result.
    case ok
    /// The tool was called, and says in its result that it could not do what it was to do.
    case toolError = "tool_error"
    /// The server answered with an error.
    case error
    /// The proxy refused it.
    case refused
    /// The client gave it up.
    case cancelled
    /// The server did not answer in time.
    case timeout
    /// The server was not there, or went away before it answered.
    case unavailable
}
