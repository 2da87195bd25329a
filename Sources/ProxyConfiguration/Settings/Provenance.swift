/// Who said what a server is, which decides where it may be and what it may know of the proxy.
///
/// Only a whole configuration, which the operator gave, makes servers the operator's own: `ConfigurationLoader.load`.
/// Whatever is made in another way is somebody else's.
package struct Provenance: Sendable, Equatable {
    /// What there is to choose between, without a third case that a decision could forget.
    package enum Kind: Sendable {
        /// The operator, who may run any program of this machine and call any address anyway.
        case operatorsOwn
        /// Somebody who was allowed to add a server.
        case somebodyElses
    }

    package let kind: Kind

    /// What a client of the API or of a session sent, or what was kept of that.
    package static let somebodyElses = Provenance(kind: .somebodyElses)
    /// Out of reach of other targets, so that no request can claim it.
    static let operatorsOwn = Provenance(kind: .operatorsOwn)

    private init(kind: Kind) {
        self.kind = kind
    }
}
