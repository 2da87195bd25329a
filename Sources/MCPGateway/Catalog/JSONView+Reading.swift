import MCPCore
import MCPValues
import NIOCore

extension JSONView {
    /// Says what different readers find under the name of a member.
    enum Reading {
        case nothing
        case one(JSONView)
        /// They do not all find the same; why, is said in words.
        case disputed(String)
    }

    /// Returns what different readers find under a name: some take the first of two members of one name and others the
    /// last, and some take `Name` for `name`.
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

    /// Says why readers may take a result for different lists, in words; nil when there is one that all see, or none.
    func fault(ofList kind: CatalogKind) -> String? {
        if case .disputed(let why) = reading(of: "nextCursor") { return why }
        switch reading(of: kind.member) {
        case .nothing: return nil
        case .one(let list) where list.isArray: return list.faultInEntries
        case .one(let list): return list.isNull ? nil : "its member \"\(kind.member)\" is no array"
        case .disputed(let why): return why
        }
    }

    private var faultInEntries: String? {
        var fault: String?
        forEachElement { entry in
            if fault == nil, case .disputed(let why) = entry.reading(of: "name") { fault = "of an entry, \(why)" }
        }
        return fault
    }
}

extension Message {
    /// Why readers may take an answer for different results, in words; nil when there is one that all see.
    var faultAroundResult: String? {
        guard let range = envelope.result else { return nil }
        // Without the result, which can be long.
        var outside = JSONView(text: bytes, range: 0..<range.lowerBound).bytes
        outside.writeStaticString("0")
        outside.writeImmutableBuffer(JSONView(text: bytes, range: range.upperBound..<bytes.readableBytes).bytes)
        let view = JSONText(accepted: outside).root
        return if case .disputed(let why) = view.reading(of: "result") { why } else { nil }
    }
}
