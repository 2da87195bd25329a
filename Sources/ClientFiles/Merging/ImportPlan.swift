package import ProxyConfiguration

/// What becomes of the servers that were found.
package struct ImportPlan: Sendable, Equatable {
    /// What becomes of one.
    package enum Outcome: String, Sendable, Equatable, CaseIterable {
        /// It is new.
        case added
        /// The configuration has one of this name, which stays as it is.
        case kept
        /// Another file has the same server.
        case repeated
        /// Another file has a different server of this name, which comes first.
        case hidden
        /// Somebody has to fill in something first.
        case unanswered
        /// It is the proxy itself.
        case own
    }

    /// One server and what becomes of it.
    package struct Row: Sendable, Equatable {
        package var server: TranslatedServer
        package var outcome: Outcome
    }

    package private(set) var rows: [Row] = []

    /// Decides for servers in the order of their importance.
    ///
    /// - Parameters:
    ///   - existing: The names that the configuration has.
    ///   - own: What leads to the proxy itself; nil where that is not known.
    package init(_ servers: [TranslatedServer], existing: [String], own: OwnEntries? = nil) {
        var added: [String: TranslatedServer] = [:]
        for server in servers {
            let outcome: Outcome
            if own?.contains(server) == true {
                outcome = .own
            } else if existing.contains(server.name) {
                outcome = .kept
            } else if let first = added[server.name] {
                outcome = Self.isSame(first.entry, server.entry) ? .repeated : .hidden
            } else if !server.unanswered.isEmpty {
                outcome = .unanswered
            } else {
                outcome = .added
                added[server.name] = server
            }
            rows.append(Row(server: server, outcome: outcome))
        }
    }

    /// What is to be written under `mcpServers`.
    package var additions: [(String, ConfigurationNode)] {
        rows.filter { $0.outcome == .added }.map { ($0.server.name, $0.server.entry) }
    }

    private static func isSame(_ first: ConfigurationNode, _ second: ConfigurationNode) -> Bool {
        let layout = JSONLayout()
        return layout.text(of: first) == layout.text(of: second)
    }
}

extension ImportPlan.Row {
    /// What became of the server, for people.
    package var words: String {
        let start =
            switch outcome {
            case .added: "added"
            case .kept: "kept: the configuration has a server of this name, which stays as it is"
            case .repeated: "the same as above"
            case .hidden: "left out: a different server of this name stands above"
            case .unanswered: "left out: \(unansweredWords)"
            case .own: "left out: it is this proxy, which would ask itself"
            }
        guard outcome == .added, !server.notes.isEmpty else { return start }
        return "\(start) (\(server.notes.map(ShownText.plain).joined(separator: "; ")))"
    }

    private var unansweredWords: String {
        let inputs = server.unanswered.filter { $0.hasPrefix("${input:") }
        let others = server.unanswered.filter { !$0.hasPrefix("${input:") }
        var parts: [String] = []
        if !inputs.isEmpty {
            let options = inputs.map { "--input '\($0.dropFirst("${input:".count).dropLast())=…'" }
            parts.append("it needs an answer, give it with \(options.joined(separator: " "))")
        }
        if !others.isEmpty { parts.append("only the client knows \(others.joined(separator: " "))") }
        return ShownText.plain(parts.joined(separator: "; "))
    }
}
