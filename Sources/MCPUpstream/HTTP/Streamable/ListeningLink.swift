/// A link on which hearing what the server says unasked is a choice that costs a connection.
package protocol ListeningLink: UpstreamLink {
    /// Listens from now on, as far as the server allows it. May be called before the handshake is complete; then
    /// it takes effect with that.
    func openListeningStream()

    /// Listens no more.
    func closeListeningStream()
}
