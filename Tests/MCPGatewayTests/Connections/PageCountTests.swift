import MCPCore
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct PageCountTests {
    private func page(_ cursor: String) throws -> JSONView {
        try JSONText(scanning: ByteBuffer(string: "{\"tools\":[],\"nextCursor\":\(cursor)}")).root
    }

    @Test("Pages are followed while they are within the bytes")
    func bytes() {
        var pages = PageCount(maximumBytes: 10)
        #expect([4, 6, 1].map { pages.take($0) } == [true, true, false])
    }

    @Test("A list ends without a cursor, with one that was there before, and with one that is none or too long")
    func cursors() throws {
        var pages = PageCount(maximumBytes: 10)
        let first = try page(#""a""#)
        let found = [first, try page(#""b""#), first].map { pages.next(after: $0) }
        #expect(found == ["a", "b", nil])
        for cursor in ["null", "1", "{}", "\"\(String(repeating: "c", count: 9_000))\""] {
            let next = pages.next(after: try page(cursor))
            #expect(next == nil, "\(cursor.prefix(9))")
        }
        let last = pages.next(after: try JSONText(scanning: ByteBuffer(string: "{}")).root)
        #expect(last == nil)
    }

    @Test("A list without an end is followed for a thousand pages")
    func count() throws {
        var pages = PageCount(maximumBytes: .max)
        var followed = 0
        while pages.next(after: try page("\"\(followed)\"")) != nil { followed += 1 }
        #expect(followed == 1_000)
    }
}
