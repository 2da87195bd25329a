import MCPCore
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct PageCountTests {
    private func page(_ cursor: String) throws -> JSONView {
        try JSONText(scanning: ByteBuffer(string: "{\"tools\":[],\"nextCursor\":\(cursor)}")).root
    }

    private let end = #"{"tools":[]}"#

    @Test("Pages are followed while they are within the bytes, and what is longer is told")
    func bytes() throws {
        var pages = PageCount(maximumBytes: 2 << 20)
        let found = try [1 << 20, 1 << 20, 1].enumerated().map { pages.next(after: try page("\"\($0)\""), of: $1) }
        #expect(found == [.page(cursor: "0"), .page(cursor: "1"), .tooMuch("has more than 2 MiB")])
    }

    @Test("A last page has no cursor, or an empty one, and even it may be too long")
    func last() throws {
        for text in [end, #"{"nextCursor":null}"#, #"{"nextCursor":""}"#] {
            let view = try JSONText(scanning: ByteBuffer(string: text)).root
            var pages = PageCount(maximumBytes: 10)
            #expect(pages.next(after: view, of: 10) == .end, "\(text)")
            #expect(pages.next(after: view, of: 1) != .end, "\(text)")
        }
    }

    @Test("A cursor that was there before, is none or is too long is not followed, and it is told that there was one")
    func cursors() throws {
        var pages = PageCount(maximumBytes: 10)
        let first = try page(#""a""#)
        let found = [first, try page(#""b""#), first].map { pages.next(after: $0, of: 1) }
        #expect(found == [.page(cursor: "a"), .page(cursor: "b"), .tooMuch("has the same cursor twice")])
        for cursor in ["1", "{}", "\"\(String(repeating: "c", count: 9_000))\""] {
            guard case .tooMuch(let why) = pages.next(after: try page(cursor), of: 1) else {
                Issue.record("\(cursor.prefix(9))")
                continue
            }
            #expect(why.contains("cursor"))
        }
    }

    @Test("A list without an end is followed for a thousand pages")
    func count() throws {
        var pages = PageCount(maximumBytes: .max)
        var followed = 0
        while case .page = pages.next(after: try page("\"\(followed)\""), of: 1) { followed += 1 }
        #expect(followed == 1_000)
    }
}
