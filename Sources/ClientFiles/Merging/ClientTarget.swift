package import ProxyConfiguration

/// A client's file that entries are added to.
package struct ClientTarget: Sendable {
    /// What came of it.
    package struct Outcome: Sendable {
        package var text: [UInt8]
        /// The names of the entries that are new.
        package var added: [String]
        /// The names of the entries that the file has already, and that stay as they are.
        package var kept: [String]
    }

    private let text: [UInt8]?
    private let document: ConfigurationNode
    private let source: String

    /// - Parameter text: What the file has; nil if there is none.
    /// - Throws: ``ConfigurationError`` if nothing can be added to it.
    package init(text: [UInt8]?, source: String) throws(ConfigurationError) {
        // Editors make empty files.
        let text = text?.allSatisfy { $0 <= 0x20 } == true ? nil : text
        self.text = text
        self.source = source
        document =
            try text.map { text throws(ConfigurationError) in
                try ConfigurationLoader.read(text, .json, source)
            } ?? .object([])
        guard document.members != nil else { throw wrongShape(document, key: "", "an object") }
    }

    /// The file with what is to be pasted into it. What was there is there as it was.
    ///
    /// - Parameter snippet: Objects with entries, and lists of what belongs to them.
    package func adding(_ snippet: ConfigurationNode) throws(ConfigurationError) -> Outcome {
        var outcome = Outcome(text: text ?? Array("{}\n".utf8), added: [], kept: [])
        var missing: [(String, ConfigurationNode)] = []
        var list: (node: ConfigurationNode, entries: [(String, ConfigurationNode)])?
        for member in snippet.members ?? [] {
            let entries = member.value.members ?? []
            guard let present = document[member.name] else {
                missing.append((member.name, member.value))
                outcome.added += entries.map(\.name)
                continue
            }
            guard let names = present.members?.map(\.name), member.value.members != nil, list == nil else {
                throw wrongShape(present, key: member.name, "what belongs to the entry")
            }
            let new = entries.filter { !names.contains($0.name) }
            list = (present, new.map { ($0.name, $0.value) })
            outcome.added += new.map(\.name)
            outcome.kept += entries.map(\.name).filter(names.contains)
        }
        guard !outcome.added.isEmpty else { return outcome }
        let root = text == nil ? try ConfigurationLoader.read(outcome.text, .json, source) : document
        var insertion = JSONInsertion(text: outcome.text)
        // From the end to the start, as positions before a change stay right.
        insertion.insert(missing, into: root)
        if let list { insertion.insert(list.entries, into: list.node) }
        outcome.text = insertion.text
        return outcome
    }

    private func wrongShape(_ node: ConfigurationNode, key: String, _ expected: String) -> ConfigurationError {
        let problem = ConfigurationProblem(
            severity: .error, source: source, keyPath: key, position: node.position,
            message: "here is \(node.kind), to which \(expected) cannot be added",
            suggestion: "Leave --into out, and paste what is printed")
        return ConfigurationError(code: .invalid, problems: [problem])
    }
}
