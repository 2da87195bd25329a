import MCPValues

/// What is shown of what members list: by the terms of the offer, and by what one client wants to see.
struct OfferSelection: Sendable {
    let terms: OfferTerms
    let narrowing: Narrowing
    /// By the name under which the tool would be offered without one.
    let overrides: [ByteText: ToolOverride]

    init(_ terms: OfferTerms, _ narrowing: Narrowing) {
        self.terms = terms
        self.narrowing = narrowing
        overrides = Dictionary(terms.overrides.map { (ByteText($0.tool), $0) }) { first, _ in first }
    }

    /// Whether a tool is shown, by the name that it has without an override.
    func admits(tool offered: String, _ entry: CatalogList.Entry) -> Bool {
        terms.tools.admits(offered) && (!terms.isReadOnly && !narrowing.isReadOnly || entry.isReadOnly)
    }

    /// Whether a tool of which nothing but the name is known may be called.
    func admitsNew(tool offered: String) -> Bool {
        terms.tools.admits(offered) && !terms.isReadOnly && !narrowing.isReadOnly
    }

    /// Whether the client wants to see a tool, by the name that it sees.
    func isWanted(tool name: String) -> Bool { narrowing.tools.allSatisfy { $0.admits(name) } }

    /// What the operator should know of names and patterns, in words.
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
            .map { "override \"\($0.tool)\" is of no tool that is offered" }
        return findings
    }
}
