import Testing

@testable import TopScreen

@Suite struct TimeClassesTests {
    private func classes(_ counts: [(Double, Double)]) -> TimeClasses {
        var classes = TimeClasses()
        for (seconds, count) in counts { classes.add(atMost: seconds, count) }
        return classes
    }

    @Test("A quantile lies within its class as far as its rank does")
    func quantiles() {
        let times = classes([(0.1, 50), (0.2, 90), (1, 100), (.infinity, 100)])
        #expect(times.quantile(0.5) == 0.1)
        #expect(times.quantile(0.25) == 0.05)
        #expect(abs((times.quantile(0.7) ?? 0) - 0.15) < 1e-9)
        #expect(abs((times.quantile(0.99) ?? 0) - 0.92) < 1e-9)
    }

    @Test("What took longer than the last bound took at least that long, and of nothing there is no time")
    func ends() {
        #expect(classes([(0.1, 0), (300, 1), (.infinity, 10)]).quantile(0.99) == 300)
        #expect(classes([(0.1, 0), (.infinity, 0)]).quantile(0.5) == nil)
        #expect(TimeClasses().quantile(0.5) == nil)
    }

    @Test("Classes of several methods are added, in whatever order they come")
    func sums() {
        #expect(
            classes([(.infinity, 3), (0.1, 1), (0.1, 2), (.infinity, 4)]) == classes([(0.1, 3), (.infinity, 7)]))
    }

    @Test("Only what has come since an earlier look counts, and all of it where counting has begun anew")
    func since() {
        let (earlier, later) = (classes([(0.1, 5), (.infinity, 5)]), classes([(0.1, 5), (.infinity, 9)]))
        #expect(later.since(earlier) == classes([(0.1, 0), (.infinity, 4)]))
        #expect(earlier.since(later) == earlier)
        #expect(later.since(TimeClasses()) == later)
    }
}
