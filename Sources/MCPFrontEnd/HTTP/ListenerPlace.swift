/// Says where a listener is.
package enum ListenerPlace: Sendable, Equatable {
    /// - Parameter host: nil for all interfaces.
    case port(Int, host: String?)
    /// A file, of which the path is given.
    case unixSocket(String)
}
