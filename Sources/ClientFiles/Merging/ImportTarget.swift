package import ProxyConfiguration

/// The configuration that servers are added to.
package struct ImportTarget: Sendable {
    private let text: [UInt8]?
    private let document: ConfigurationNode?

    /// A new configuration.
    package init() {
        text = nil
        document = nil
    }

    /// The configuration of a file.
    ///
    /// - Throws: ``ConfigurationError`` if nothing can be added to it.
    package init(text: [UInt8], source: String) throws(ConfigurationError) {
        let document = try ConfigurationLoader.read(text, .json, source)
        func refusal(_ message: String, _ node: ConfigurationNode, key: String, _ suggestion: String)
            -> ConfigurationError
        {
            let problem = ConfigurationProblem(
                severity: .error, source: source, keyPath: key, position: node.position, message: message,
                suggestion: suggestion)
            return ConfigurationError(code: .invalid, problems: [problem])
        }
        guard let members = document.members else {
            throw refusal("the configuration is \(document.kind)", document, key: "", "Write an object")
        }
        if let old = members.first(where: { ["clients", "server"].contains($0.name) }) {
            throw refusal(
                "the file has the format of version 1, to which no server can be added", old.value, key: old.name,
                "Write it with mcpProxy and mcpServers first")
        }
        if let servers = Self.servers(of: document), servers.members == nil, servers.value != .null {
            throw refusal(
                "an object is expected here, not \(servers.kind)", servers, key: "mcpServers", "Write an object")
        }
        self.text = text
        self.document = document
    }

    /// The names of the servers that there are.
    package var names: [String] {
        document.flatMap(Self.servers)?.members?.map(\.name) ?? []
    }

    /// The configuration with more servers, as the text of a file. What was there is there as it was.
    package func adding(_ servers: [(String, ConfigurationNode)]) -> [UInt8] {
        guard let text, let document else {
            let whole = ConfigurationNode.object([("mcpProxy", .object([])), ("mcpServers", .object(servers))])
            return Array((JSONLayout().text(of: whole) + "\n").utf8)
        }
        var insertion = JSONInsertion(text: text)
        var missing: [(String, ConfigurationNode)] = []
        if !(document.members ?? []).contains(where: { $0.name.lowercased() == "mcpproxy" }) {
            missing.append(("mcpProxy", .object([])))
        }
        let list = Self.servers(of: document)
        if list == nil { missing.append(("mcpServers", .object(servers))) }
        // From the end to the start, as positions before a change stay right.
        insertion.insert(missing, into: document)
        if let list {
            if list.members == nil {
                insertion.replaceNull(list, with: servers)
            } else {
                insertion.insert(servers, into: list)
            }
        }
        return insertion.text
    }

    /// The list of servers; the loader does not mind the case of keys.
    private static func servers(of document: ConfigurationNode) -> ConfigurationNode? {
        document.members?.last { $0.name.lowercased() == "mcpservers" }?.value
    }
}
