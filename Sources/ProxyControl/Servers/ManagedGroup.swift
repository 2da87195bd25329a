import MCPFrontEnd
import MCPGateway
import NIOCore
import ProxyConfiguration

/// Several servers that are offered together, and where that was said. The endpoint for all servers is one without a name.
struct ManagedGroup {
    let settings: GroupSettings
    let source: ServerSource
    /// What a client sent; nil for what is the operator's.
    var configuration: ByteBuffer?
    /// Who added it; nil for the operator.
    var owner: OwnerMark?
    /// What clients find; nil before they can.
    var offer: Offer?
    var content: GroupContent?
}
