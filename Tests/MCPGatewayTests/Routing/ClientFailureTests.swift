import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct ClientFailureTests {
    @Test("Who lacks rights that no login has brought reads what to do, and not what the server asked for")
    func rightsMissing() throws {
        let failure = UpstreamFailure.rightsMissing(["secret-scope"], logOut: "mcp-proxy logout docs")
        let message = try ClientFailure.answer(to: .integer(1), server: "docs", failure).message()
        let words = try #require(message.view(message.envelope.error)?["message"]?.string)
        #expect(
            words
                == "server \"docs\" wants more rights than logging in has brought: log out (mcp-proxy logout docs), and log in as somebody who has them"
        )
        #expect(failure.detail.contains("secret-scope") && failure.status == 403)
    }

    @Test(
        "Every failure becomes an error that names the server and tells nothing of its insides",
        arguments: UpstreamFailure.Code.allCases)
    func words(code: UpstreamFailure.Code) throws {
        let failure = UpstreamFailure(code, "/home/secret/bin --token=hunter2 10.0.0.7")
        let message = try ClientFailure.answer(to: .token(Array("\"a\"".utf8)), server: "time", failure).message()
        #expect(message.kind == .error)
        #expect(message.bytes.text.contains(#""id":"a""#))
        let error = try #require(message.view(message.envelope.error))
        #expect(error["message"]?.string?.contains("\"time\"") == true)
        #expect(error["data"]?["server"]?.string == "time")
        for secret in ["secret", "hunter2", "10.0.0.7"] { #expect(!message.bytes.text.contains(secret)) }
    }

    @Test("A call that may have been executed is told apart from one that was not")
    func executed() throws {
        func code(nothingSent: Bool) throws -> Int64? {
            let failure = UpstreamFailure(.processEnded, "x", nothingSent: nothingSent)
            let message = try ClientFailure.answer(to: .integer(1), server: "s", failure).message()
            return message.view(message.envelope.error)?["code"]?.integer
        }
        #expect(try code(nothingSent: true) == -31001)
        #expect(try code(nothingSent: false) == -31002)
    }

    @Test("The words of another proxy in between stand, also while it is not asked any more")
    func forwarded() throws {
        let error = #"{"code":-31003,"message":"server \"slow\" is late","data":{"server":"slow","retryAfter":"2"}}"#
        let failure = UpstreamFailure.handshakeRefused(
            try Message(#"{"jsonrpc":"2.0","id":1,"error":\#(error)}"#))
        for failure in [failure, failure.refusing(.init(failures: 5, seconds: 3))] {
            let answer = try ClientFailure.answer(to: .integer(7), server: "remote", failure).message()
            #expect(answer.id == .integer(7) && answer.view(answer.envelope.error)?.bytes == ByteBuffer(string: error))
        }
    }
}
