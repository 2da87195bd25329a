import MCPTestSupport
import Testing

@testable import ProxyControl

/// Changes of one name, one after another.
@Suite(.timeLimit(.minutes(1))) struct TurnLocksTests {
    /// What owns the locks, as the registry does.
    private actor Owner {
        private var locks = TurnLocks()
        private(set) var order: [Int] = []
        /// Counts those who have had their turn.
        let taken = EventCount()

        /// Takes part, and says so once it waits or has its turn.
        func take(_ name: String, _ number: Int, _ begun: EventCount) async {
            if !locks.take(name) {
                await withCheckedContinuation {
                    locks.wait(for: name, $0)
                    begun.note()
                }
            } else {
                begun.note()
            }
            order.append(number)
            taken.note()
        }

        func give(_ name: String) { locks.give(name) }
    }

    @Test("Who waits for a name gets it in the order of asking, one at a time; other names are free")
    func order() async {
        let (owner, begun) = (Owner(), EventCount())
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                group.addTask { await owner.take("a", number, begun) }
                await begun.wait(past: number)
            }
            #expect(await owner.order == [0])
            await owner.take("b", 100, begun)
            #expect(await owner.order == [0, 100])
            for _ in 1..<5 {
                let seen = owner.taken.current
                await owner.give("a")
                await owner.taken.wait(past: seen)
            }
            await owner.give("a")
        }
        #expect(await owner.order == [0, 100, 1, 2, 3, 4])
        await owner.take("a", 5, begun)
        #expect(await owner.order.last == 5, "it is free again")
    }
}
