import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct ServerSentEventTests {
    @Test(
        "An event that is written is read back",
        arguments: [
            ServerSentEvent(data: ByteBuffer(string: #"{"a":"é"}"#)),
            ServerSentEvent(name: "endpoint", data: ByteBuffer(string: "/x?y=z")),
            ServerSentEvent(data: ByteBuffer(string: "x"), id: "3-4"),
            ServerSentEvent(id: "0-0", retry: 1_000),
        ])
    func roundTrip(event: ServerSentEvent) throws {
        var buffer = ByteBuffer()
        for _ in 0..<2 {
            buffer.writeServerSentEventStart(event)
            buffer.writeImmutableBuffer(event.data)
            buffer.writeServerSentEventEnd()
        }
        #expect(buffer.readableBytes == 2 * event.length, "its length is known before it is written")
        var parser = ServerSentEventParser(maximumLength: 1_000)
        parser.append(buffer)
        #expect(try parser.next() == event)
        #expect(try parser.next() == event)
        #expect(try parser.next() == nil)
    }
}
