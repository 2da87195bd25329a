import ClientFiles
import MCPCore
import MCPGateway
import MCPValues
import ProxyConfiguration

/// What a list of tools costs a model that reads it: an estimate, since each model counts in its own way.
struct ToolCost {
    static let remark =
        "an estimate: about \(TokenEstimate.bytesPerToken) bytes of JSON are one token; each model counts in its own way"

    let name: String
    let tools: Int
    let bytes: Int

    var tokens: Int { TokenEstimate.tokens(ofBytes: bytes) }

    init(_ name: String, _ tools: [JSONView]) {
        self.name = name
        self.tools = tools.count
        bytes = tools.reduce(0) { $0 + $1.range.count }
    }

    private init(sumOf costs: [ToolCost]) {
        name = "in all"
        tools = costs.reduce(0) { $0 + $1.tools }
        bytes = costs.reduce(0) { $0 + $1.bytes }
    }

    /// Writes costs and their sum.
    ///
    /// - Parameters:
    ///   - title: What each of them is of.
    ///   - isSearched: Whether clients find tools by search already, where they are offered together.
    static func write(_ costs: [ToolCost], _ title: String, isSearched: Bool, isJSON: Bool) throws {
        let sum = ToolCost(sumOf: costs)
        let search = ToolCost("with search", SearchTool.allCases.map { JSONText(accepted: $0.definition).root })
        if isJSON {
            let members = [
                ("estimates", ConfigurationNode.object(costs.map { ($0.name, $0.node) })), ("total", sum.node),
                ("search", search.node),
            ]
            return try StandardOutput.write(JSONLayout().text(of: .object(members)))
        }
        let rows = (costs + [sum, search]).map { [$0.name, String($0.tools), String($0.bytes), "~\($0.tokens)"] }
        try ShownOutput.write(table: TextTable.lines([title, "TOOLS", "BYTES", "TOKENS"], rows))
        Terminal.error(remark)
        if search.tokens < sum.tokens {
            Terminal.error(
                "\"toolDiscovery\" \(isSearched ? "saves" : "set to \"search\" would save") about \(sum.tokens - search.tokens) of \(sum.tokens) tokens "
                    + "in every conversation")
        }
    }

    private var node: ConfigurationNode {
        func number(_ value: Int) -> ConfigurationNode { .init(.number(String(value)), at: .start) }
        return .object([("tools", number(tools)), ("bytes", number(bytes)), ("tokens", number(tokens))])
    }
}
