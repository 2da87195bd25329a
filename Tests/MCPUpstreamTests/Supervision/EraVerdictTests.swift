import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// What the answer to `server/discover` tells of a server.
@Suite struct EraVerdictTests {
    private func verdict(_ body: String) throws -> String {
        switch EraVerdict(try Message(#"{"jsonrpc":"2.0","id":1,\#(body)}"#)) {
        case .modern(let introduction): "modern \(introduction.version.name)"
        case .legacy: "legacy"
        case .askAgain(let failure): "again \(failure.code)"
        case .refused(let failure): "refused \(failure.code)"
        }
    }

    @Test(
        "A result that names the revision is that of a stateless server",
        arguments: [
            #"["2026-07-28"]"#, #"["2099-01-01","2026-07-28","2025-11-25"]"#, #"[1,"2026-07-28"]"#,
            #"["\u0032026-07-28"]"#,
        ])
    func modern(versions: String) throws {
        #expect(try verdict(#""result":{"supportedVersions":\#(versions)}"#) == "modern 2026-07-28")
    }

    @Test(
        "Everything that is no evidence of a stateless server means one with a handshake",
        arguments: [
            #""result":{}"#, #""result":{"supportedVersions":[]}"#, #""result":{"supportedVersions":["2025-11-25"]}"#,
            #""result":{"supportedVersions":["2099-01-01"]}"#, #""result":{"supportedVersions":"2026-07-28"}"#,
            #""result":1"#, #""result":null"#, #""result":{"protocolVersion":"2026-07-28"}"#,
            #""error":{"code":-32601,"message":"m"}"#, #""error":{"code":-32600,"message":"m"}"#,
            #""error":{"code":-32602,"message":"m"}"#, #""error":{"code":0,"message":"m"}"#,
            #""error":{"message":"m"}"#,
            #""error":{"code":"-32022","message":"m"}"#, #""error":{"code":9223372036854775807,"message":"m"}"#,
            #""error":{"code":-32022,"message":"m"}"#,
            #""error":{"code":-32022,"message":"m","data":{"supported":[]}}"#,
            #""error":{"code":-32022,"message":"m","data":{"supported":["2025-06-18","2099-01-01"]}}"#,
            #""error":{"code":-32022,"message":"m","data":1}"#,
        ])
    func legacy(body: String) throws {
        #expect(try verdict(body) == "legacy")
    }

    @Test(
        "A stateless server that shares no revision with us, or refuses us, is refused with its words",
        arguments: [
            #"{"code":-32022,"message":"m","data":{"supported":["2099-01-01"],"requested":"2026-07-28"}}"#,
            #"{"code":-32020,"message":"m"}"#, #"{"code":-32021,"message":"m","data":{"requiredCapabilities":{}}}"#,
        ])
    func refused(error: String) throws {
        #expect(try verdict(#""error":\#(error)"#) == "refused handshakeRefused")
    }

    @Test("A server that names the revision in which it was asked, and none of a handshake, is asked again")
    func askedAgain() throws {
        let error = #"{"code":-32022,"message":"m","data":{"supported":["2099-01-01","2026-07-28"]}}"#
        #expect(try verdict(#""error":\#(error)"#) == "again handshakeRefused")
    }

    @Test("What a server says of its versions is cut short for the operator")
    func longNames() throws {
        let names = (0..<100).map { _ in #""\#(String(repeating: "9", count: 500))""# }.joined(separator: ",")
        let answer = try Message(
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"m","data":{"supported":[\#(names)]}}}"#)
        guard case .refused(let failure) = EraVerdict(answer) else { throw NotRefused() }
        #expect(failure.detail.utf8.count < 1_000)
    }

    private struct NotRefused: Error {}
}
