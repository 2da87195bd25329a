import MCPValues

/// Holds what is shown of what members list, by the terms of the offer.
struct OfferSelection: Sendable {
    let terms: OfferTerms
    /// By the name under which the tool would be offered without one.
    let overrides: [ByteText: ToolOverride]
    /// The offered names of tools that are always listed.
    let pinned: Set<ByteText>

    init(_ terms: OfferTerms) {
        self.terms = terms
        pinned = Set(terms.pinned.map(ByteText.init))
        overrides = Dictionary(terms.overrides.map { (ByteText($0.tool), $0) }) { first, _ in first }
    }

    /// Tells whether a tool is shown, by the name that it has without an override. What takes away also takes away what
    /// it matches in full: a name that was cut may not show any more what it was.
    ///
    /// - Parameter prefix: That of its server.
    func admits(tool offered: String, _ entry: CatalogList.Entry, prefix: String) -> Bool {
        let whole = OfferedName.whole(entry.key.text, prefix: prefix)
        return terms.tools.admits(offered) && !terms.tools.denies(whole) && (!terms.isReadOnly || entry.isReadOnly)
    }

    /// Tells whether a tool of which nothing but the name is known may be called.
    func admitsNew(tool offered: String) -> Bool {
        terms.tools.admits(offered) && !terms.isReadOnly
    }

    /// Returns what the operator should know of names and patterns, in words.
    ///
    /// - Parameter members: What they are called.
    func findings(tools: NameTable, prompts: NameTable, _ members: [String]) -> [String] {
        var findings: [String] = []
        for (word, table) in [("tool", tools), ("prompt", prompts)] {
            findings += table.collisions.map { collision in
                "\(word) \"\(collision.second.name)\" of \"\(members[collision.second.member])\" is not offered: its name "
                    + "\"\(collision.offered)\" is that of one of \"\(members[collision.first.member])\""
            }
        }
        let offered = tools.allOffered
        findings += terms.tools.unmatched(by: offered).filter { $0 != "*" }.map {
            "pattern \"\($0)\" in tools matches nothing"
        }
        findings += terms.prompts.unmatched(by: prompts.allOffered).filter { $0 != "*" }
            .map { "pattern \"\($0)\" in prompts matches nothing" }
        let known = Set(offered.map(ByteText.init))
        findings += terms.overrides.filter { !known.contains(ByteText($0.tool)) }
            .map { override in
                let meant = tools.offered(ofOwn: override.tool).map { "\"\($0)\"" }.joined(separator: " or ")
                return "override \"\(override.tool)\" is of no tool that is offered"
                    + (meant.isEmpty ? "" : "; did you mean \(meant)?")
            }
        return findings
    }
}
