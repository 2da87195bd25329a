/// How it went that a token for a server was renewed, or got without anybody's help.
package enum TokenRenewal: String, Sendable, CaseIterable {
    case ok
    /// It is tried again.
    case failed
    /// Somebody has to log in.
    case ended
}
