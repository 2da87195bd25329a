/// The HTTP transport a remote upstream is spoken to with.
package enum HTTPTransportKind: String, Sendable, Equatable, CaseIterable {
    /// Not named in the file: try streamable HTTP, then the older SSE transport.
    case detect
    /// The HTTP+SSE transport of revision 2024-11-05.
    case sse
    /// Streamable HTTP.
    case streamableHTTP = "streamable-http"
}
