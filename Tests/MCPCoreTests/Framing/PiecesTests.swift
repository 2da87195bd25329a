import NIOCore
import Testing

@testable import MCPCore

@Suite struct PiecesTests {
    @Test(
        "What was appended comes out as one, in order, whatever the sizes",
        arguments: [
            [], [0], [1], [5, 0, 7], [16_384], [16_383, 1], [16_384, 1, 1, 16_384], [1, 20_000, 3, 4, 20_000],
            [20_000, 20_000, 20_000],
        ])
    func order(sizes: [Int]) {
        var pieces = Pieces()
        var expected = ByteBuffer()
        for (number, size) in sizes.enumerated() {
            let piece = ByteBuffer(repeating: UInt8(number + 1), count: size)
            expected.writeImmutableBuffer(piece)
            pieces.append(piece)
        }
        #expect(pieces.count == expected.readableBytes)
        #expect(pieces.join() == expected)
        #expect(pieces.count == 0)
        pieces.append(ByteBuffer(string: "again"))
        #expect(pieces.join() == ByteBuffer(string: "again"))
    }

    @Test("A piece stays as it was when it was appended")
    func copies() {
        var pieces = Pieces()
        var piece = ByteBuffer(string: "ab")
        pieces.append(piece)
        piece.setString("xy", at: 0)
        pieces.append(piece)
        #expect(pieces.join() == ByteBuffer(string: "abxy"))
        #expect(piece == ByteBuffer(string: "xy"))
    }
}
