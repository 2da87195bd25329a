/// Says where a server may be.
package enum Reach: Sendable {
    /// Anywhere. For what the operator wrote alone, who may call any address of this machine without the proxy.
    case anywhere
    /// Where the guard in force lets it be.
    case guarded(AddressGate)
}
