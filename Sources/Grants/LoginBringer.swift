/// Who comes back with what an authorization server has answered.
package enum LoginBringer: Sendable, Equatable {
    /// A browser, on a page of the proxy's own, with what it shows of having begun the login; nil for nothing.
    case browser(mark: String?)
    /// A program of the person's, to which the answer was sent.
    case program
}
