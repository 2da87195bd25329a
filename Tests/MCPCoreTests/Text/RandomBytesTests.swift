import MCPCore
import Testing

@Suite struct RandomBytesTests {
    @Test("There are as many as were asked for", arguments: [0, 1, 7, 8, 9, 24, 32, 1_024])
    func count(_ count: Int) {
        #expect(RandomBytes.make(count).count == count)
        #expect(RandomBytes.text(of: count).utf8.count == (count * 8 + 5) / 6)
    }

    @Test("No byte stays the same from one time to the next")
    func everyByteChanges() {
        let all = (0..<64).map { _ in RandomBytes.make(13) }
        for place in 0..<13 { #expect(Set(all.map { $0[place] }).count > 16) }
    }
}
