import MCPCore
import NIOCore
import Testing

@Suite struct RequestNumberTests {
    @Test("Each is another one, and all of a run begin alike")
    func different() throws {
        let texts = (0..<1_000).map { _ in RequestNumber.next().text }
        #expect(Set(texts).count == texts.count)
        let beginnings = Set(texts.map { $0.split(separator: "-")[0] })
        #expect(beginnings.count == 1)
        #expect(try #require(beginnings.first).count == 8)
        let numbers = texts.compactMap { UInt64($0.split(separator: "-")[1], radix: 32) }
        #expect(numbers.count == texts.count && zip(numbers, numbers.dropFirst()).allSatisfy(<))
        #expect(zip(numbers, texts).allSatisfy { $1.hasSuffix("-" + String($0, radix: 32)) }, "without zeros before it")
    }

    @Test("What is written is the text, which a header may carry")
    func written() {
        let number = RequestNumber.next()
        var buffer = ByteBuffer()
        number.write(to: &buffer)
        #expect(String(buffer: buffer) == number.text)
        #expect(number.text.allSatisfy { $0 == "-" || $0.isASCII && ($0.isNumber || $0.isLowercase) })
    }
}
