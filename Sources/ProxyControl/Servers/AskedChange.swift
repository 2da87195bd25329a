import MCPFrontEnd
import NIOCore
import ProxyConfiguration

/// A change to a server that was asked for and allowed, and that has to be allowed still when it takes effect.
struct AskedChange: Sendable {
    /// What the server is to be, as it was allowed.
    let settings: ServerSettings
    /// What a client sent; nil for what is the operator's.
    let configuration: ByteBuffer?
    let source: ServerSource
    /// Who has asked; nil where the proxy's own settings have changed.
    let caller: ManagementCaller?
}
