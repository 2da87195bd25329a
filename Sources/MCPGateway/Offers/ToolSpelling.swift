import MCPCore
import MCPValues
import NIOCore

/// Writes one tool for clients: under another name, and with what its group says in place of its server.
struct ToolSpelling {
    let name: String
    let override: ToolOverride?
    /// What an address of the tool's server is offered as.
    let offeredAddress: (String) -> String

    init(name: String, override: ToolOverride?, offeredAddress: @escaping (String) -> String) {
        self.name = name
        self.override = override
        self.offeredAddress = offeredAddress
    }

    /// Returns the entry for clients. Where only its name is another, everything else is the server's bytes.
    func respell(_ list: CatalogList, _ entry: CatalogList.Entry, hasAddresses: Bool) -> ByteBuffer {
        guard override != nil || hasAddresses else { return list.respelt(entry, as: name) }
        let tool = list.view(entry)
        var object = JSONObjectWriter()
        object.add("name", name)
        object.add("title", override?.title)
        object.add("description", override?.description)
        tool.forEachMember { member, value in
            switch member {
            case "name": break
            case "title" where override?.title != nil: break
            case "description" where override?.description != nil: break
            case "inputSchema" where hasPresets: object.add(member, json: withoutPresets(value))
            case "_meta" where hasAddresses: object.add(member, json: withOfferedAddress(value))
            default: object.add(member, json: value.bytes)
            }
        }
        return object.finished
    }

    private var hasPresets: Bool { override?.presets.isEmpty == false }

    private func isPreset(_ argument: String) -> Bool {
        override?.presets.contains { $0.name.hasBytes(of: argument) } ?? false
    }

    /// Returns a schema as it is for clients, who neither see nor send what is preset.
    private func withoutPresets(_ schema: JSONView) -> ByteBuffer {
        var object = JSONObjectWriter()
        schema.forEachMember { member, value in
            switch member {
            case "properties":
                var properties = JSONObjectWriter()
                value.forEachMember { if !isPreset($0) { properties.add($0, json: $1.bytes) } }
                object.add(member, json: properties.finished)
            case "required":
                let kept = value.elements.filter { !($0.string.map(isPreset) ?? false) }
                object.add(member, elements: kept.map(\.bytes))
            default: object.add(member, json: value.bytes)
            }
        }
        return object.finished
    }

    /// Tells where the tool's page for people is ([MCP Apps](https://modelcontextprotocol.io/seps/1865-mcp-apps)).
    private func withOfferedAddress(_ meta: JSONView) -> ByteBuffer {
        guard let address = meta["ui"]?["resourceUri"], let text = address.string else { return meta.bytes }
        return meta.replacing(address, by: offeredAddress(text))
    }

    /// Returns what the operator should know: arguments that are preset and that the tool does not have.
    func findings(_ tool: JSONView) -> [String] {
        guard let override, !override.presets.isEmpty else { return [] }
        let schema = tool["inputSchema"]
        // Where others are allowed, the tool may take what it does not name.
        guard let properties = schema?["properties"] else { return [] }
        return override.presets.filter { properties[$0.name] == nil }.map { preset in
            "override \"\(override.tool)\" presets the argument \"\(preset.name)\", which the tool's schema does not have"
        }
    }
}
