import ProxyControl
import Testing

@Suite(.timeLimit(.minutes(1))) struct RaceTests {
    @Test("The first of several things that happens is not kept waiting by the others")
    func first() async {
        let never = EventCount()
        await Race.first({ await never.wait(past: 0) }, {}, { await never.wait(past: 0) })
        #expect(never.current == 0)
    }
}
