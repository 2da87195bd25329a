import MCPCore
package import NIOCore

/// The text of the file in which servers are kept that were added over the API.
package enum StateText {
    /// The longest text. A list that would be longer is not written, since it could not be read again.
    package static let maximumBytes = 64 << 20

    /// Writes a list.
    package static func text(of servers: some Collection<KeptServer>) -> ByteBuffer {
        var text = ByteBuffer(string: #"{"version":1,"servers":{"#)
        for (index, server) in servers.sorted(by: { $0.name < $1.name }).enumerated() {
            text.writeString(index == 0 ? "\n" : ",\n")
            text.writeJSONString(server.name)
            text.writeString(":")
            text.writeImmutableBuffer(entry(of: server))
        }
        text.writeString("\n}}\n")
        return text
    }

    private static func entry(of server: KeptServer) -> ByteBuffer {
        var entry = JSONObjectWriter()
        entry.add("enabled", json: ByteBuffer(string: "\(!server.isDisabled)"))
        entry.add("owner", server.owner?.text)
        entry.add("hadTokens", json: ByteBuffer(string: "\(server.hadTokens)"))
        entry.add("config", json: server.configuration)
        return entry.finished
    }

    /// Reads a list, in the order of the names; nil when anything of it is not as it was written.
    package static func servers(in text: ByteBuffer) -> [KeptServer]? {
        let root: JSONView
        do throws(JSONError) {
            root = try JSONText(scanning: text).root
        } catch {
            return nil
        }
        guard root["version"]?.integer == 1, let list = root["servers"], list.isObject else { return nil }
        var servers: [KeptServer] = []
        var isWhole = true
        list.forEachMember { name, value in
            guard let server = server(name, value) else { return isWhole = false }
            servers.append(server)
        }
        // Names that Swift takes for the same, in two spellings, were never written here.
        guard isWhole, Set(servers.map(\.name)).count == servers.count else { return nil }
        return servers.sorted { $0.name < $1.name }
    }

    private static func server(_ name: String, _ value: JSONView) -> KeptServer? {
        guard let configuration = value["config"], configuration.isObject, let isEnabled = value["enabled"]?.boolean
        else { return nil }
        var (owner, hadTokens): (OwnerMark?, Bool) = (nil, true)
        if let written = value["owner"] {
            guard let mark = written.string else { return nil }
            owner = OwnerMark(mark)
        }
        // A list of an earlier version does not say it. Then the server stays closed.
        if let written = value["hadTokens"] {
            guard let truth = written.boolean else { return nil }
            hadTokens = truth
        }
        return KeptServer(
            name: name, configuration: configuration.bytes, isDisabled: !isEnabled, owner: owner, hadTokens: hadTokens)
    }
}
