import Testing

@testable import MCPGateway

@Suite struct CallCounterTests {
    private let alice = Principal(name: "alice")
    private let bob = Principal(name: "bob")

    @Test("As many calls as allowed are admitted in all and for each principal, and one more is not")
    func limits() {
        let counter = CallCounter(maximum: 3, maximumPerPrincipal: 2)
        #expect(counter.admit(alice) && counter.admit(alice))
        #expect(!counter.admit(alice))
        #expect(counter.admit(bob))
        #expect(!counter.admit(bob), "three in all")
        #expect(counter.total == 3)
        counter.release(alice)
        #expect(counter.admit(bob))
        #expect(!counter.admit(alice))
    }

    @Test("Concurrent admissions never pass the limit")
    func concurrent() async {
        let counter = CallCounter(maximum: 50, maximumPerPrincipal: 50)
        let admitted = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<400 {
                group.addTask { counter.admit(Principal(name: "\(index % 7)")) }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(admitted == 50)
        #expect(counter.total == 50)
    }
}
