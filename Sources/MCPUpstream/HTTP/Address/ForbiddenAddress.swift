/// Why a guard lets nobody connect to an address.
package struct ForbiddenAddress: Error, Sendable, Equatable {
    /// What the address is and what the operator would configure to allow it. May name addresses of the operator's
    /// network, so it is not for whoever has added the server.
    package let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

extension ForbiddenAddress: CustomStringConvertible {
    package var description: String { reason }
}
