import MCPValues

/// The views of an offer that there are, so that callers who see the same share one.
struct OfferViews {
    private struct Key: Hashable {
        /// Which members the caller may use, by their places.
        let members: [Int]
        let narrowing: Narrowing
    }

    /// Clients choose what they want to see, so that there can be any number.
    private static let maximumCount = 256

    private var views: [Key: OfferView] = [:]

    mutating func find(
        _ members: [Member], _ terms: OfferTerms, _ principal: Principal, _ narrowing: Narrowing, edition: Int
    ) -> OfferView {
        find(members, members.indices.filter { members[$0].access.admits(principal) }, terms, narrowing, edition)
    }

    /// With all members, whoever may use them.
    mutating func whole(_ members: [Member], _ terms: OfferTerms, edition: Int) -> OfferView {
        find(members, Array(members.indices), terms, .none, edition)
    }

    private mutating func find(
        _ members: [Member], _ usable: [Int], _ terms: OfferTerms, _ narrowing: Narrowing, _ edition: Int
    ) -> OfferView {
        let key = Key(members: usable, narrowing: narrowing)
        if let view = views[key] { return view }
        if views.count >= Self.maximumCount { views = [:] }
        let view = OfferView(usable.map { members[$0] }, terms, narrowing, edition: edition)
        views[key] = view
        return view
    }
}
