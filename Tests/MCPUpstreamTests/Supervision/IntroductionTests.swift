import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct IntroductionTests {
    @Test("What a server declares is read from its answer, which is kept as written")
    func declares() throws {
        let text = #"{"protocolVersion":"2025-03-26", "capabilities":{"tools":{}},"instructions":"\u0061","x":1.0}"#
        let result = try Introduction(handshake: Message(#"{"jsonrpc":"2.0","id":1,"result":\#(text)}"#))
        #expect(result.version == .march2025)
        #expect(result.declares("tools") && !result.declares("prompts"))
        #expect(result.result.bytes.text == text)
    }

    @Test("The refusal's words are kept for the operator")
    func refusal() throws {
        let answer = try Message(#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"go away"}}"#)
        #expect { try Introduction(handshake: answer) } throws: { error in
            (error as? UpstreamFailure)?.detail.contains("go away") == true
        }
    }

    @Test(
        "The words of another proxy in between go on as they are; a server's own do not",
        arguments: [(-31003, true), (-31001, true), (-31100, false), (-32603, false), (1, false)])
    func forwarded(code: Int, isProxys: Bool) throws {
        let answer = try Message(
            #"{"jsonrpc":"2.0","id":1,"error":{"code":\#(code),"message":"late \u0061","data":{"server":"s"}}}"#)
        #expect { try Introduction(handshake: answer) } throws: { error in
            guard let failure = error as? UpstreamFailure, failure.code == .handshakeRefused else { return false }
            guard isProxys else { return failure.forwarded == nil && failure.detail.contains("refused the handshake") }
            let forwarded = failure.forwarded
            return forwarded?.code.rawValue == code && forwarded?.message == "late a" && failure.detail == "late a"
                && forwarded?.data == ByteBuffer(string: #"{"server":"s"}"#)
        }
    }
}
