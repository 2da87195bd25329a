import MCPCore
package import MCPFrontEnd
package import NIOCore

/// One group that was added over the API, as it is kept for the next start.
package struct KeptGroup: KeptEntry {
    package let name: String
    /// The object that the client sent, as it came.
    let configuration: ByteBuffer
    /// Who added it.
    let owner: OwnerMark

    package static func text(of entries: some Collection<KeptGroup>) -> ByteBuffer {
        var text = ByteBuffer(string: #"{"version":1,"groups":{"#)
        for (index, group) in entries.sorted(by: { $0.name < $1.name }).enumerated() {
            text.writeString(index == 0 ? "\n" : ",\n")
            text.writeJSONString(group.name)
            text.writeString(":")
            var entry = JSONObjectWriter()
            entry.add("owner", group.owner.text)
            entry.add("config", json: group.configuration)
            text.writeImmutableBuffer(entry.finished)
        }
        text.writeString("\n}}\n")
        return text
    }

    package static func entries(in text: ByteBuffer) -> [KeptGroup]? {
        let root: JSONView
        do throws(JSONError) {
            root = try JSONText(scanning: text).root
        } catch {
            return nil
        }
        guard root["version"]?.integer == 1, let list = root["groups"], list.isObject else { return nil }
        var groups: [KeptGroup] = []
        var isWhole = true
        list.forEachMember { name, value in
            guard let owner = value["owner"]?.string, let configuration = value["config"], configuration.isObject
            else { return isWhole = false }
            groups.append(KeptGroup(name: name, configuration: configuration.bytes, owner: OwnerMark(owner)))
        }
        // Names that Swift takes for the same, in two spellings, were never written here.
        guard isWhole, Set(groups.map(\.name)).count == groups.count else { return nil }
        return groups
    }
}

extension KeptServer: KeptEntry {
    /// The text of a list.
    package static func text(of entries: some Collection<KeptServer>) -> ByteBuffer { StateText.text(of: entries) }

    /// Reads a list.
    package static func entries(in text: ByteBuffer) -> [KeptServer]? { StateText.servers(in: text) }
}
