import Testing

@testable import MCPCore

/// What is read many bytes, or many levels, at a time: every length and depth around the borders.
@Suite struct JSONScannerLengthTests {
    @Test("A text ends, or breaks, at the same place however long it is", arguments: 0..<50)
    func plainText(length: Int) throws {
        for filler in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7E, 0x7F] as [UInt8] {
            let plain = Array(repeating: filler, count: length)
            let quote = UInt8(ascii: "\"")
            for rest in [0, 1, 15, 16, 17, 40] {
                let more = Array(repeating: filler, count: rest)
                #expect(try scan([quote] + plain + [quote]).get() == 0..<length + 2)
                #expect(
                    try scan([quote] + plain + Array("é\\n漢".utf8) + more + [quote]).get().count == length + rest + 9)
                for (bad, code) in [
                    (0x00, .controlCharacterInString), (0x1F, .controlCharacterInString), (0x80, .invalidUTF8),
                    (0xFF, .invalidUTF8),
                ] as [(UInt8, JSONError.Code)] {
                    let error = refusal([quote] + plain + [bad] + more + [quote])
                    #expect(error?.code == code && error?.offset == length + 1)
                }
                #expect(refusal([quote] + plain + Array("\\x".utf8) + more + [quote])?.offset == length + 1)
                #expect(refusal([quote] + plain + more)?.offset == length + rest + 1)
            }
        }
    }

    @Test(
        "Nesting is followed to its end and checked at every level", arguments: [1, 2, 63, 64, 65, 66, 128, 129, 200])
    func nesting(levels: Int) throws {
        var (opening, closing) = ("", "")
        for level in 0..<levels {
            opening += level % 3 == 0 ? #"{"a":"b","c":"# : "[1,"
            closing = (level % 3 == 0 ? #","d":[]}"# : ",{}]") + closing
        }
        let text = opening + "null" + closing
        #expect(try scan(text, maximumDepth: levels + 1).get() == 0..<text.utf8.count)
        #expect(refusal(text, maximumDepth: levels - 1)?.code == .tooDeep)
        #expect(refusal(String(text.dropLast()), maximumDepth: 300)?.code == .unexpectedEnd)
        #expect(refusal(text + "]", maximumDepth: 300)?.code == .trailingBytes)
        let last = text.last == "}" ? "]" : "}"
        #expect(refusal(text.dropLast() + last, maximumDepth: 300)?.offset == text.utf8.count - 1)
        let twice = opening + #"{"x":1,"y":{"x":2},"x":3}"# + closing
        let place = opening.utf8.count + 19
        #expect(refusal(twice, maximumDepth: 300)?.code == .duplicateKey)
        #expect(refusal(twice, maximumDepth: 300)?.offset == place)
        #expect(try scan(twice, maximumDepth: 300, duplicateKeys: .accepted).get() == 0..<twice.utf8.count)
    }
}
