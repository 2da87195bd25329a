import Testing

@testable import MCPCore

@Suite struct ProtocolVersionTests {
    @Test("Exactly the four handshake revisions are spoken", arguments: ProtocolVersion.legacy)
    func known(version: ProtocolVersion) {
        #expect(ProtocolVersion(version.name) == version)
        #expect(version.era == .legacy)
    }

    @Test("Other names are none", arguments: ["", "2024-11-5", "2025-06-18 ", "2026-07-28", "1.0", "2025-11-25\0"])
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
