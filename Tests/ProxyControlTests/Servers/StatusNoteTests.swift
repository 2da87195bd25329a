import MCPFrontEnd
import MCPGateway
import MCPUpstream
import Testing

@testable import ProxyControl

/// What a server's journal says of the changes of its state.
@Suite struct StatusNoteTests {
    /// The lines after a server has been in these states.
    private func lines(_ changes: ((inout ServerStatus) -> Void)...) -> [String] {
        let journal = ServerJournal(maximumEntries: 100)
        let note = StatusNote(journal)
        var status = ServerStatus()
        for change in changes {
            change(&status)
            note.changed(status)
        }
        return journal.entries.map(\.text)
    }

    private static func fails(_ status: inout ServerStatus) {
        status.state = .failed
        status.error = "no such command"
    }

    private static func isReady(_ status: inout ServerStatus) {
        status.state = .ready
        status.error = nil
        status.protocolVersion = "2025-11-25"
    }

    @Test("Each failure is noted once, and again when it has another reason or the server was ready in between")
    func failures() {
        #expect(lines(Self.fails, Self.fails) == ["failed: no such command"])
        #expect(
            lines(Self.fails, { $0.error = "it ended" }) == ["failed: no such command", "failed: it ended"])
        #expect(
            lines(Self.fails, Self.isReady, Self.fails) == [
                "failed: no such command", "ready, protocol version 2025-11-25", "failed: no such command",
            ])
    }

    @Test("That it is ready is noted once, and again after a restart; how many tools it lists when that is known")
    func ready() {
        let listed: (inout ServerStatus) -> Void = {
            $0.isCatalogKnown = true
            $0.tools = 3
        }
        #expect(
            lines(Self.isReady, listed, listed, { $0.restarts = 1 }) == [
                "ready, protocol version 2025-11-25", "lists 3 tools", "ready, protocol version 2025-11-25",
            ])
    }

    @Test("What it is changed to and does not start is noted once for each reason")
    func pendingChange() {
        #expect(
            lines(Self.isReady, { $0.pendingChange = "it ended" }, { $0.restarts = 0 }, { $0.pendingChange = nil }) == [
                "ready, protocol version 2025-11-25",
                "serves as it was, since what it is changed to does not start yet: it ended",
            ])
    }
}
