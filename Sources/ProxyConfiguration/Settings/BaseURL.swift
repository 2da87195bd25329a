/// The public address of the proxy (`mcpProxy.baseURL`) and the two parts of it that routing and checks use.
package struct BaseURL: Sendable, Equatable {
    /// The text as written, or nil when the key is absent or empty.
    package var text: String?
    /// `""` or `"/prefix"`: the path every route begins with, never with a slash at its end.
    package var pathPrefix: String
    /// `scheme://host[:port]` in lower case and without a default port, or nil when there is no such part.
    package var origin: String?

    /// A base address from its parts; with none given, the proxy is reached at the root of whatever host it listens on.
    package init(text: String? = nil, pathPrefix: String = "", origin: String? = nil) {
        self.text = text
        self.pathPrefix = pathPrefix
        self.origin = origin
    }
}
