import MCPCore
import MCPValues

extension JSONView {
    /// What different readers find under the name of a member.
    enum Reading {
        case nothing
        case one(JSONView)
        /// Not all of them the same: why, in words.
        case disputed(String)
    }

    /// What different readers find under a name: some take the first of two members of one name and others the last, and
    /// some take `Name` for `name`.
    func reading(of name: String) -> Reading {
        let folded = FoldedName(name)
        var reading = Reading.nothing
        forEachMember { member, value in
            let isExact = member.utf8.elementsEqual(name.utf8)
            guard isExact || FoldedName(member) == folded else { return }
            switch reading {
            case .nothing where isExact: reading = .one(value)
            case .nothing, .one, .disputed:
                reading = .disputed("it has more than one member that may be meant by \"\(name)\"")
            }
        }
        return reading
    }

    /// The name of an entry of a list; nil where it has none.
    ///
    /// - Parameter isStrict: Whether it has none where not all readers find the same.
    func name(isStrict: Bool) -> String? {
        guard isStrict else { return self["name"]?.string }
        return if case .one(let name) = reading(of: "name") { name.string } else { nil }
    }

    /// Why readers may take a result for different lists, in words; nil when there is one that all see, or none.
    func fault(ofList kind: CatalogKind) -> String? {
        switch reading(of: kind.member) {
        case .nothing: nil
        case .one(let list): list.isArray || list.isNull ? nil : "its member \"\(kind.member)\" is no array"
        case .disputed(let why): why
        }
    }
}
