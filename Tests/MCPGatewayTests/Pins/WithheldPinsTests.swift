import MCPCore
import MCPTestSupport
import MCPValues
import NIOCore
import Testing
import ToolPins

@testable import MCPGateway

/// What an operator is told of what is kept from clients.
@Suite struct WithheldPinsTests {
    private func withheld(_ mode: PinMode, fault: String? = nil, _ tools: String...) throws -> WithheldPins? {
        var record = PinRecord()
        for name in ["a", "b"] {
            let text = ByteBuffer(string: #"{"name":"\#(name)","description":"old"}"#)
            record.accept(
                .tool, ByteText(name), PinnedDefinition(.tool, try JSONText(scanning: text).root), replacing: false)
        }
        for kind in PinKind.allCases { record.establish(kind) }
        let pinned = record
        let harness = MergedHarness([("git", .legacy, [])]) { settings in
            settings.pins = PinnedServer(
                settings.name, fault == nil ? pinned : PinRecord(), mode: mode, fault: fault, logger: .silent)
        }
        harness["git"].lists["tools"] = "[\(tools.joined(separator: ","))]"
        harness.start()
        return WithheldPins(harness.servers[0].connections.pins)
    }

    private static func tool(_ name: String, _ description: String) -> String {
        #"{"name":"\#(name)","description":"\#(description)"}"#
    }

    @Test("Nothing is told where all is as it was approved, or a change is passed on", arguments: PinMode.allCases)
    func nothing(mode: PinMode) throws {
        #expect(try withheld(mode, Self.tool("a", "old"), Self.tool("b", "old")) == nil)
        guard !mode.withholds else { return }
        #expect(try withheld(mode, Self.tool("a", "new"), Self.tool("b", "old")) == nil)
    }

    @Test("The number of tools that are withheld is told with the command to look at them")
    func number() throws {
        #expect(
            try withheld(.quarantine, Self.tool("a", "new"), Self.tool("b", "old"))
                == WithheldPins(
                    count: 1, isBlocked: false,
                    words:
                        "1 tool or prompt is withheld until it is approved: mcp-proxy pins diff git, then mcp-proxy pins approve git"
                ))
        #expect(
            try withheld(.quarantine, Self.tool("a", "new"), Self.tool("b", "new"))?.words
                == "2 tools and prompts are withheld until they are approved: mcp-proxy pins diff git, then mcp-proxy pins approve git"
        )
    }

    @Test("A server that is blocked is told as that")
    func blocked() throws {
        #expect(
            try withheld(.block, Self.tool("a", "new"), Self.tool("b", "new"))
                == WithheldPins(
                    count: 2, isBlocked: true,
                    words:
                        "the server is blocked until 2 tools and prompts are approved: mcp-proxy pins diff git, then mcp-proxy pins approve git"
                ))
    }

    @Test("Where it is not known any more what was approved, that is told", arguments: [PinMode.quarantine, .block])
    func lost(mode: PinMode) throws {
        let withheld = try withheld(mode, fault: "pins.json has gone", Self.tool("a", "old"))
        #expect(
            withheld?.words.contains("it is not known any more what was approved: mcp-proxy pins git, then") == true)
        #expect(try self.withheld(.warn, fault: "pins.json has gone", Self.tool("a", "old")) == nil)
    }
}
