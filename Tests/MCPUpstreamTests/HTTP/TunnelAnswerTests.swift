import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct TunnelAnswerTests {
    private func status(_ parts: [String]) throws -> Int? {
        var answer = TunnelAnswer()
        for part in parts {
            answer.append(ByteBuffer(string: part))
            if let status = try answer.status() { return status }
        }
        return nil
    }

    @Test(
        "The status of an answer is read once its head is complete",
        arguments: [
            ("HTTP/1.1 200 Connection established\r\n\r\n", 200), ("HTTP/1.0 200 OK\r\nVia: x\r\n\r\n", 200),
            ("HTTP/1.1 200\r\n\r\n", 200), ("HTTP/1.1 204 \r\n\r\n", 204),
            ("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nno!", 407),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 200),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200),
        ])
    func reads(text: String, expected: Int) throws {
        #expect(try status([text]) == expected)
        if expected < 300 { #expect(try status(text.map { String($0) }) == expected) }
    }

    @Test("An answer that has not come to its end has no status yet")
    func incomplete() throws {
        for text in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nVia: x\r\n\r", "HTTP/1.1 100 Continue\r\n\r\n"] {
            #expect(try status([text]) == nil)
        }
    }

    @Test(
        "What is no answer of HTTP/1.1 is refused",
        arguments: [
            "SSH-2.0-x\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 2000\r\n\r\n",
            "HTTP/1.1 20\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "HTTP/1.1 +20 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
            "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 101 Upgrade\r\n\r\n", "\r\n\r\n", "HTTP/1.1 200\tOK\r\n\r\n",
        ])
    func refuses(text: String) {
        #expect(throws: TunnelAnswer.Unreadable.self) { try status([text]) }
    }

    @Test("What follows a success would be taken for the server's answer, and is refused")
    func early() {
        for more in ["HTTP/1.1 200 OK\r\n\r\n", "x", "\0"] {
            #expect(throws: TunnelAnswer.Unreadable.self) { try status(["HTTP/1.1 200 OK\r\n\r\n" + more]) }
        }
    }
}
