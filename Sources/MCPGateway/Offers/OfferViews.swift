import MCPValues

/// The views of an offer that there are: one for all callers who may use the same members.
struct OfferViews {
    /// Tokens can be of any number of sets of servers.
    private static let maximumCount = 256

    private let work: IndexWork
    /// By the places of the members.
    private var views: [[Int]: OfferView] = [:]

    init(_ work: IndexWork) {
        self.work = work
    }

    mutating func find(
        _ members: [Member], _ terms: OfferTerms, _ principal: Principal, edition: Int
    ) -> OfferView {
        find(members, members.indices.filter { members[$0].access.admits(principal) }, terms, edition)
    }

    /// Returns the view of all members, whoever may use them.
    mutating func whole(_ members: [Member], _ terms: OfferTerms, edition: Int) -> OfferView {
        find(members, Array(members.indices), terms, edition)
    }

    private mutating func find(
        _ members: [Member], _ usable: [Int], _ terms: OfferTerms, _ edition: Int
    ) -> OfferView {
        if let view = views[usable] { return view }
        if views.count >= Self.maximumCount { views = [:] }
        let view = OfferView(usable.map { members[$0] }, terms, edition: edition, work)
        views[usable] = view
        return view
    }
}
