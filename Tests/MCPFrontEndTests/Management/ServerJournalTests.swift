import MCPTestSupport
import Synchronization
import Testing

@testable import MCPFrontEnd

/// What is kept, and what those hear who follow.
@Suite(.timeLimit(.minutes(1))) struct ServerJournalTests {
    @Test("Only the last entries are kept, with numbers that go on")
    func bounded() {
        let journal = ServerJournal(maximumEntries: 2)
        for text in ["a", "b", "c"] { journal.note(.event, text, at: 1) }
        #expect(journal.entries.map(\.number) == [2, 3])
        #expect(journal.entries.map(\.text) == ["b", "c"])
    }

    @Test("Who follows hears what is kept, what comes, and the end, and nothing after that")
    func order() {
        let journal = ServerJournal(maximumEntries: 10)
        let heard = Mutex<[Int?]>([])
        journal.note(.stderr, "a", at: 1)
        _ = journal.follow { entry in heard.withLock { $0.append(entry?.number) } }
        journal.note(.stderr, "b", at: 2)
        journal.close()
        journal.close()
        journal.note(.event, "c", at: 3)
        #expect(heard.withLock { $0 } == [1, 2, nil])
        #expect(journal.followerCount == 0)
        _ = journal.follow { entry in heard.withLock { $0.append(entry?.number) } }
        #expect(heard.withLock { $0 } == [1, 2, nil, 1, 2, 3, nil])
    }

    @Test("What is noted while somebody is being told comes afterwards, and nothing comes once they have stopped")
    func withinCall() {
        let journal = ServerJournal(maximumEntries: 10)
        let heard = Mutex<[Int]>([])
        let depth = Mutex(0)
        let stop = journal.follow { entry in
            #expect(
                depth.withLock {
                    $0 += 1; return $0
                } == 1)
            if let entry, entry.number < 3 { journal.note(.event, "more", at: 1) }
            heard.withLock { $0.append(entry?.number ?? 0) }
            depth.withLock { $0 -= 1 }
        }
        journal.note(.event, "first", at: 1)
        #expect(heard.withLock { $0 } == [1, 2, 3])
        stop()
        journal.note(.event, "unheard", at: 1)
        #expect(heard.withLock { $0 } == [1, 2, 3])
    }

    /// What each of several followers has heard; 0 stands for the end.
    private final class Followers: Sendable {
        private let state = Mutex<[[Int]]>([])

        var heard: [[Int]] { state.withLock { $0 } }

        func follow(_ journal: ServerJournal) {
            let place = state.withLock { state in
                state.append([])
                return state.count - 1
            }
            _ = journal.follow { [self] entry in state.withLock { $0[place].append(entry?.number ?? 0) } }
        }
    }

    @Test("Lines that come at the same time from several threads are heard by everybody in order, each once")
    func concurrent() async {
        let writers = 8
        let lines = 500
        let journal = ServerJournal(maximumEntries: writers * lines)
        let followers = Followers()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<writers {
                group.addTask {
                    for line in 0..<lines {
                        journal.note(.stderr, "x", at: 0)
                        if line % 100 == 50 { followers.follow(journal) }
                    }
                }
            }
        }
        journal.close()
        let expected = Array(1...writers * lines) + [0]
        #expect(followers.heard.count == writers * lines / 100)
        #expect(followers.heard.allSatisfy { $0 == expected })
    }
}
