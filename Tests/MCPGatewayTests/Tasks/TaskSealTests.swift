import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// The identifiers of tasks are worth something only to whoever created them.
@Suite struct TaskSealTests {
    private let alice = Principal(name: "alice")
    private let bob = Principal(name: "bob")
    private let seal = TaskSeal(secrets: [Principal(name: "alice"): [1, 2, 3], Principal(name: "bob"): [1, 2, 4]])
    private let server = GatewayHarness().server

    @Test(
        "Who created a task gets back the server's identifier, whatever is in it",
        arguments: [
            "t", "a.b", "", "é😀", ".", "\u{301}x", "a\"\\\n", String(repeating: "x", count: 5_000),
        ])
    func opened(id: String) {
        let sealed = seal.seal(id, server: server, for: alice)
        // An empty identifier names nothing.
        #expect(seal.open(sealed, server: server, for: alice) == (id.isEmpty ? nil : id))
        #expect(
            TaskSeal(secrets: [alice: [1, 2, 3]]).seal(id, server: server, for: alice) == sealed, "also after a restart"
        )
    }

    @Test(
        "A client that has a name opens what was sealed for it with the same secret of the proxy, and nobody else does")
    func named() {
        let laptop = Principal(Standing(client: "laptop", .none))
        let sealed = TaskSeal(secrets: [:], ownSecret: [7]).seal("t", server: server, for: laptop)
        let later = TaskSeal(secrets: [:], ownSecret: [7])
        #expect(later.open(sealed, server: server, for: Principal(Standing(client: "laptop", .none))) == "t")
        #expect(later.open(sealed, server: server, for: Principal(Standing(client: "other", .none))) == nil)
        #expect(later.open(sealed, server: server, for: Principal(name: "client laptop")) == nil)
        #expect(TaskSeal(secrets: [:], ownSecret: [8]).open(sealed, server: server, for: laptop) == nil)
    }

    @Test("Nobody else can use it, nor at another server")
    func others() {
        let sealed = seal.seal("t", server: server, for: alice)
        #expect(seal.open(sealed, server: server, for: bob) == nil)
        #expect(seal.open(sealed, server: server, for: .anonymous) == nil)
        let other = GatewayHarness(named: "other").server
        #expect(seal.open(sealed, server: other, for: alice) == nil)
    }

    @Test("What was changed by one character, cut or made up is refused")
    func forged() {
        let sealed = seal.seal("task-1", server: server, for: alice)
        for index in sealed.indices {
            var forged = sealed
            forged.replaceSubrange(index...index, with: sealed[index] == "0" ? "1" : "0")
            #expect(seal.open(forged, server: server, for: alice) == nil)
        }
        for length in 0..<sealed.count {
            #expect(seal.open(String(sealed.prefix(length)), server: server, for: alice) == nil)
        }
        for text in ["", "t", ".", String(repeating: "é", count: 40), String(repeating: "0", count: 32) + ".t"] {
            #expect(seal.open(text, server: server, for: alice) == nil)
        }
    }

    @Test("A caller that is forgotten leaves no tasks behind, and nobody else's are forgotten with it")
    func forgotten() {
        seal.book.note("t", server: server, of: alice)
        seal.book.note("t", server: server, of: bob)
        seal.remove(alice)
        #expect(!seal.book.has("t", server: server, of: alice))
        #expect(seal.book.has("t", server: server, of: bob))
    }
}
