import Addresses
package import MCPUpstream

/// A grant as the links to one address show it: never a token that was got for another address.
///
/// The address of a server may change while links to the former one still serve. They go on with what was shown there last,
/// for as long as that counts, and what is said to them is no matter of the grant any more.
package struct AddressedGrant: RequestAuthority {
    private let grant: ServerGrant
    private let address: HTTPURL
    /// Of the address, when it was the grant's.
    private let edition: Int

    init(_ grant: ServerGrant) {
        self.grant = grant
        (address, edition) = grant.addressed
    }

    private init(_ grant: ServerGrant, _ address: HTTPURL, _ edition: Int) {
        (self.grant, self.address, self.edition) = (grant, address, edition)
    }

    /// Asked after a token was taken: one of another address comes only after that has become the grant's.
    private var isHere: Bool { grant.addressEdition == edition || grant.addressed.address == address }

    package func credential(or later: () -> @Sendable (RequestPermit) -> Void) -> RequestPermit? {
        let permit = grant.credential {
            let take = later()
            return { permit in take(isHere ? permit : .send(shown)) }
        }
        return permit == nil || isHere ? permit : .send(shown)
    }

    package var shown: RequestCredential? { isHere ? grant.shown : grant.shown(at: address) }

    package func onBehalf(of caller: String) -> any RequestAuthority {
        AddressedGrant(grant.grant(of: caller), address, edition)
    }

    package func judge(_ refusal: RequestRefusal, _ then: @escaping @Sendable (RequestVerdict) -> Void) {
        if isHere { grant.judge(refusal, then) } else { then(.stands) }
    }
}
