import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct ConnectionKeyTests {
    private func key(_ text: String) -> CapabilitiesKey { CapabilitiesKey(ByteBuffer(string: text)) }

    @Test("White space between tokens makes no difference, inside strings it does")
    func whiteSpace() {
        #expect(key(#"{"a": {"b" :1},"c":[ ]}"#) == key("{\n\t\"a\":{\"b\":1},\"c\":[]\r\n}"))
        #expect(key(#"{"a":"x y"}"#) != key(#"{"a":"xy"}"#))
        #expect(key(#"{"a":"\" x"}"#) != key(#"{"a":"\"x"}"#))
        #expect(key(#"{"a":"\\" , "b":1}"#) == key(#"{"a":"\\","b":1}"#))
        #expect(key(" {} ") == .none)
    }

    @Test("Different capabilities are different")
    func different() {
        #expect(key(#"{"roots":{}}"#) != key(#"{"sampling":{}}"#))
        #expect(key("{}") != key(#"{"roots":{}}"#))
    }

    @Test("Who shares a connection follows from the isolation")
    func isolation() {
        let alice = Principal(name: "alice")
        let bob = Principal(name: "bob")
        func key(
            _ isolation: Isolation,
            _ principal: Principal,
            _ session: String?,
            _ capabilities: String = "{}",
            _ era: Era = .legacy
        ) -> ConnectionKey {
            let handshake = ClientDeclaration(
                clientInfo: ByteBuffer(string: "{}"), capabilities: ByteBuffer(string: capabilities))
            let server = GatewayHarness(isolation: isolation).server
            return server.key(for: principal, sessionID: session, handshake, era: era).0
        }
        #expect(key(.shared, alice, "1", #"{"roots":{}}"#) == key(.shared, bob, "2"))
        #expect(key(.principal, alice, "1") == key(.principal, alice, "2"))
        #expect(key(.principal, alice, "1") != key(.principal, bob, "1"))
        #expect(key(.principal, alice, "1") != key(.principal, alice, "1", #"{"roots":{}}"#))
        #expect(key(.session, alice, "1") != key(.session, alice, "2"))
        #expect(key(.session, alice, nil) != key(.session, bob, nil), "also without a session of their own")
        #expect(
            key(.session, alice, "1", #"{"roots":{}}"#, .modern) == key(.session, bob, "2", "{}", .modern),
            "a stateless server is told who asks with each request"
        )
        #expect(key(.principal, alice, "1", "{}", .modern) == key(.principal, bob, "2", "{}", .modern))
        #expect(key(.shared, alice, "1", "{}", .modern) == .shared)
    }

    @Test("A shared connection declares nothing of the client that happens to come first")
    func sharedDeclaresNothing() {
        let handshake = ClientDeclaration(
            clientInfo: ByteBuffer(string: #"{"name":"secret"}"#), capabilities: ByteBuffer(string: #"{"roots":{}}"#))
        let server = GatewayHarness(isolation: .shared).server
        let told = server.key(for: .anonymous, sessionID: "1", handshake, era: .legacy).1
        #expect(told.capabilities.text == "{}")
        #expect(told.clientInfo.text.contains("mcp-proxy"))
    }
}
