import MCPTestSupport
import ProxyConfiguration
import Synchronization
import Testing

@testable import ProxyControl

/// What makes the proxy read its configuration again.
@Suite(.timeLimit(.minutes(1))) struct ReloadTriggersTests {
    private static let old = TestProxy.configuration(#""git":{"command":"old"}"#)
    private static let new = TestProxy.configuration(#""git":{"command":"new"}"#)

    /// The marks of a file, one at each look; the last one stays.
    private final class Marks: Sendable {
        private let marks: Mutex<[String?]>
        /// Every look.
        let looks = EventQueue<Void>()
        private let count = Mutex(0)

        init(_ marks: [String?]) {
            self.marks = Mutex(marks)
        }

        /// How often somebody has looked.
        var lookCount: Int { count.withLock { $0 } }

        func next() -> String? {
            count.withLock { $0 += 1 }
            looks.add(())
            return marks.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
    }

    /// Has a proxy watch a file whose marks are these, beside the body.
    private func watch(
        _ proxy: TestProxy, first: String?, marks: Marks, hangups: EventCount = EventCount(),
        _ body: () async throws -> Void
    ) async throws {
        let source = ConfigurationSource(
            location: "config.json", isRemote: false,
            load: { () async throws(ConfigurationError) in
                throw ConfigurationError(code: .unreadable, problems: [])
            }, firstMark: first, mark: { marks.next() })
        var triggers = ReloadTriggers(registry: proxy.registry, source: source, hangups: hangups, logger: .silent)
        triggers.fileInterval = .milliseconds(1)
        try await withThrowingTaskGroup(of: Void.self) { [triggers] group in
            group.addTask { await triggers.run() }
            try await body()
            group.cancelAll()
        }
    }

    @Test("A hangup has the configuration read, also where its file is not watched")
    func hangup() async throws {
        let management = #""management":{"watch":false}"#
        try await TestProxy.run(TestProxy.configuration(#""git":{"command":"old"}"#, proxy: management)) { proxy in
            await proxy.untilReady("git")
            proxy.write(TestProxy.configuration(#""git":{"command":"new"}"#, proxy: management))
            let (hangups, marks) = (EventCount(), Marks(["2"]))
            try await watch(proxy, first: "1", marks: marks, hangups: hangups) {
                hangups.note()
                while try await proxy.servers.made.next() != "new" {}
            }
            #expect(marks.looks.rest.isEmpty)
        }
    }

    @Test("A file that has changed is read once it rests, and only once")
    func change() async throws {
        let marks = Marks(["1", "2", "3", nil, "4", "4"])
        let recorder = Recorder(marks)
        try await TestProxy.run(Self.old, listener: recorder) { proxy in
            await proxy.untilReady("git")
            proxy.write(Self.new)
            try await watch(proxy, first: "1", marks: marks) {
                #expect(try await recorder.reloads.next() == 6)
                // And a few more, that see nothing new.
                for _ in 0..<12 { try await marks.looks.next() }
            }
            #expect(recorder.reloads.rest.isEmpty)
        }
    }

    private final class Recorder: ReloadListener {
        /// After how many looks the configuration was read, each time.
        let reloads = EventQueue<Int>()
        private let marks: Marks

        init(_ marks: Marks) {
            self.marks = marks
        }

        func reloading() { reloads.add(marks.lookCount) }
        func reloaded() {}
    }

    @Test("A file that cannot be used is told of, and the next change is read all the same")
    func brokenThenGood() async throws {
        let marks = Marks(["1"])
        let recorder = Recorder(marks)
        try await TestProxy.run(Self.old, listener: recorder) { proxy in
            await proxy.untilReady("git")
            proxy.write("{")
            let hangups = EventCount()
            try await watch(proxy, first: "1", marks: marks, hangups: hangups) {
                hangups.note()
                _ = try await recorder.reloads.next()
                proxy.write(Self.new)
                hangups.note()
                _ = try await recorder.reloads.next()
                while try await proxy.servers.made.next() != "new" {}
            }
        }
    }
}
