import Metrics
import NIOCore
import Synchronization
import Testing

@testable import Traces

@Suite struct SpanQueueTests {
    private func span(_ number: Int) -> ByteBuffer { ByteBuffer(string: "\(number)") }

    @Test("Spans come out in their order, so many at a time, and whoever sends them is told when a batch is there")
    func batches() {
        let calls = Atomic(0)
        let queue = SpanQueue(maximumCount: 10, batch: 3) { calls.add(1, ordering: .relaxed) }
        for number in 1...4 { queue.add(span(number)) }
        #expect(calls.load(ordering: .relaxed) == 1)
        #expect(queue.take() == [1, 2, 3].map(span))
        #expect(queue.take() == [span(4)])
        #expect(queue.take().isEmpty && queue.count == 0)
    }

    @Test("What there is no room for is dropped and counted")
    func bound() {
        let dropped = Counter()
        let queue = SpanQueue(maximumCount: 2, batch: 2, dropped: dropped)
        for number in 1...5 { queue.add(span(number)) }
        #expect(queue.count == 2 && dropped.current == 3)
        #expect(queue.take() == [1, 2].map(span))
    }
}
