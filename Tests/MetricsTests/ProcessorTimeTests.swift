import Metrics
import Testing

@Suite struct ProcessorTimeTests {
    @Test("The sum never falls, whichever processes end")
    func ends() {
        var time = ProcessorTime()
        #expect(time.total(of: [:]) == nil)
        #expect(time.total(of: [1: 2, 2: 1]) == 3)
        #expect(time.total(of: [1: 2.5]) == 3.5)
        #expect(time.total(of: [:]) == 3.5)
        #expect(time.total(of: [3: 1]) == 4.5)
    }

    @Test("It does not fall either when one has lost a part of what it had started")
    func parts() {
        var time = ProcessorTime()
        #expect(time.total(of: [1: 5]) == 5)
        #expect(time.total(of: [1: 2]) == 5)
        #expect(time.total(of: [1: 3]) == 6)
    }
}
