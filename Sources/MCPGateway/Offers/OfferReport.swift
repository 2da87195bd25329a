import MCPValues

/// Tells the operator what is offered where several servers are: under which names, and what is hidden and why.
package struct OfferReport: Sendable {
    /// One of the servers.
    package struct Server: Sendable {
        /// Its name as people may see it.
        package let name: String
        package let prefix: String
        /// Whether it is known what it has; what it had stays while it is away.
        package let isKnown: Bool

        package init(name: String, prefix: String, isKnown: Bool) {
            self.name = name
            self.prefix = prefix
            self.isKnown = isKnown
        }
    }

    /// Something that is offered.
    package struct Entry: Sendable {
        /// The list in which it stands, as the protocol names it.
        package let list: String
        /// Under which name or address.
        package let offered: String
        /// Whose it is.
        package let server: String
        /// What it is there.
        package let name: String

        package init(list: String, offered: String, server: String, name: String) {
            self.list = list
            self.offered = offered
            self.server = server
            self.name = name
        }
    }

    /// Something that a server has and that is not offered.
    package struct Hidden: Sendable {
        package let list: String
        package let server: String
        package let name: String
        /// By which rule, in words.
        package let rule: String

        package init(list: String, server: String, name: String, rule: String) {
            self.list = list
            self.server = server
            self.name = name
            self.rule = rule
        }
    }

    package var servers: [Server] = []
    package var entries: [Entry] = []
    package var hidden: [Hidden] = []
    /// What is to be known of names and patterns, in words.
    package var findings: [String] = []

    package init() {}
}

extension Offer {
    /// Returns what is offered at the moment, whoever may use it.
    package func report() -> OfferReport { whole.report() }
}

extension OfferView {
    func report() -> OfferReport {
        let lists = self.lists
        var report = OfferReport()
        report.findings = lists.findings
        for (place, member) in members.enumerated() {
            let catalog = member.server.catalog.current
            let name = member.server.displayName
            report.servers.append(.init(name: name, prefix: member.prefix, isKnown: catalog != nil))
            for kind in CatalogKind.allCases {
                var seen: Set<ByteText> = []
                for entry in catalog?[kind]?.entries ?? [] where seen.insert(entry.key).inserted {
                    switch lists.fate(of: entry, kind, of: place) {
                    case .offered(let offered):
                        report.entries.append(
                            .init(list: kind.member, offered: offered, server: name, name: entry.key.text))
                    case .hidden(let rule):
                        report.hidden.append(.init(list: kind.member, server: name, name: entry.key.text, rule: rule))
                    }
                }
            }
        }
        return report
    }
}
