import Testing

@testable import MCPFrontEnd

@Suite struct RepeatedEventTests {
    @Test("The first of many events is told at once, the others as one sum for each interval")
    func sums() {
        var event = RepeatedEvent()
        #expect(event.happened() == .tell)
        for _ in 0..<85_000 { #expect(event.happened() == .count) }
        #expect(event.sum() == 85_000)
        #expect(event.happened() == .count, "it has not been quiet since")
        #expect(event.sum() == 1)
    }

    @Test("After a quiet interval the next event is told at once again")
    func quiet() {
        var event = RepeatedEvent()
        #expect(event.happened() == .tell)
        #expect(event.sum() == 0)
        #expect(event.happened() == .tell)
    }
}
