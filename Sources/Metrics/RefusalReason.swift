/// Why the proxy refuses a request, as an operator counts it.
package enum RefusalReason: String, Sendable, CaseIterable {
    /// No credential was shown, or one that counts for nothing.
    case unauthorized
    /// The credential does not allow it.
    case forbidden
    /// The `Host` of the request is not the proxy's.
    case host
    /// The request comes from a page of somebody else.
    case origin
    /// There is nothing at its path, its session is not known, or its tool is one that its caller does not see.
    case unknown
    /// It is not as HTTP or the protocol wants it.
    case malformed
    /// Nobody can say for now whom its token stands for.
    case issuer
    /// The tool or the like is not one that the operator has approved.
    case pinned
    /// The proxy is about to end.
    case shuttingDown = "shutting_down"
    /// There is no room for more of something (`limits`).
    case overloaded
    /// Its head, or its body, is longer than `limits` say.
    case tooLarge = "too_large"
    /// It did not come in the time that `limits` say.
    case tooSlow = "too_slow"
    case connections = "max_connections"
    case callsPerMinute = "calls_per_minute"
    /// The audit cannot be written, and nothing is done without it.
    case audit
}
