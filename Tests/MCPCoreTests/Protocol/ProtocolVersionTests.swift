import Testing

@testable import MCPCore

@Suite struct ProtocolVersionTests {
    @Test("A handshake can agree on exactly the four revisions that have one", arguments: ProtocolVersion.legacy)
    func legacy(version: ProtocolVersion) {
        #expect(ProtocolVersion(version.name) == version)
        #expect(ProtocolVersion(inHandshake: version.name) == version)
        #expect(version.era == .legacy)
    }

    @Test("The revision without a handshake is known, and cannot be agreed on in one")
    func modern() {
        #expect(ProtocolVersion("2026-07-28") == .july2026)
        #expect(ProtocolVersion(inHandshake: "2026-07-28") == nil)
        #expect(ProtocolVersion.july2026.era == .modern)
        #expect(ProtocolVersion.spoken.map(\.name).first == "2026-07-28", "the newest comes first")
        #expect(ProtocolVersion.spoken.count == 5)
    }

    @Test("A later revision is told apart from what is none", arguments: ["2026-07-28", "2026-07-29", "2099-01-01"])
    func laterOnes(name: String) {
        #expect(ProtocolVersion.isModern(name))
    }

    @Test(
        "What is no date, or an earlier one, names no later revision",
        arguments: [
            "", "2025-11-25", "2026-07-27", "2026-7-28", "banana-bread", "2026/07/28", "2026-07-28 ", "2026-07-2é",
        ]
    )
    func notLater(name: String) {
        #expect(!ProtocolVersion.isModern(name))
    }

    @Test("Other names are none", arguments: ["", "2024-11-5", "2025-06-18 ", "2026-07-29", "1.0", "2025-11-25\0"])
    func unknown(name: String) {
        #expect(ProtocolVersion(name) == nil)
    }

    @Test("Revisions are ordered by date and the latest is offered")
    func order() {
        #expect(ProtocolVersion.legacy == ProtocolVersion.legacy.sorted())
        #expect(ProtocolVersion.legacy.last == .latestLegacy)
        #expect(ProtocolVersion.legacy.map(\.name) == ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
    }

    @Test("Batches exist in 2025-03-26 alone, priming events from 2025-11-25 on")
    func features() {
        #expect(ProtocolVersion.legacy.filter(\.hasBatches) == [.march2025])
        #expect(ProtocolVersion.legacy.filter(\.hasPrimingEvents) == [.november2025])
    }
}
