import Testing

/// What is confined to an event loop is checked there (decision 0099).
@Suite struct ConfinementTests {
    private static let home = "Sources/MCPCore/Concurrency/LoopConfined.swift"

    /// Types that are `@unchecked Sendable` for another reason. May only shrink.
    private static let reasons = [
        "Sources/mcp-proxy/Running/TerminationSignals.swift": "Dispatch sources may be used from any thread"
    ]

    /// `LoopConfined` and the protocols that demand it.
    private static let confined = Set(
        ["LoopConfined"] + SourceFile.sources.flatMap { $0.protocols(inheriting: "LoopConfined") })

    @Test("What is `@unchecked Sendable` is confined to an event loop", arguments: SourceFile.sources)
    func unchecked(file: SourceFile) {
        guard Self.reasons[file.path] == nil else { return }
        for type in file.uncheckedTypes where Self.confined.isDisjoint(with: type.conformances) {
            Issue.record("\(type.name) has to be LoopConfined: nothing checks where it is used")
        }
    }

    @Test("Every exception is still one", arguments: reasons.keys.sorted())
    func exceptions(path: String) {
        let file = SourceFile.sources.first { $0.path == path }
        #expect(file?.uncheckedTypes.isEmpty == false)
    }

    @Test("A confined type checks where it is entered", arguments: SourceFile.sources)
    func checks(file: SourceFile) {
        for type in file.uncheckedTypes where !Self.confined.isDisjoint(with: type.conformances) {
            #expect(file.code.contains { $0.contains("checkConfinement()") }, "\(type.name)")
        }
    }

    @Test("A function that runs something is waited for, or its name says now or later", arguments: SourceFile.sources)
    func runs(file: SourceFile) {
        for line in file.unawaitedRuns { Issue.record("line \(line): is it done when this returns?") }
    }

    @Test("Which event loop is the current one is asked in one place", arguments: SourceFile.sources)
    func places(file: SourceFile) {
        guard file.path != Self.home else { return }
        for (number, line) in file.code.enumerated() where line.contains(".inEventLoop") {
            Issue.record("line \(number + 1): use checkConfinement or runNowOrLater")
        }
    }

    @Test("What has to be confined is seen, however it is written")
    func seen() {
        let file = SourceFile(
            path: "a.swift",
            text: """
                protocol B: LoopConfined {
                protocol C: AnyObject, Sendable {
                final class D: B, @unchecked Sendable {
                package final class E: LongName,
                    C, @unchecked Sendable
                {
                    struct F: @unchecked Sendable {}
                // final class G: @unchecked Sendable {
                func run(_ body: () -> Void) {
                func run() async {
                static func run(
                    a: Int
                ) async throws -> Int {
                func run<T>(_ body: () -> T) -> T {
                """)
        #expect(file.protocols(inheriting: "LoopConfined") == ["B"])
        #expect(file.uncheckedTypes.map(\.name) == ["D", "E", "F"])
        #expect(file.uncheckedTypes.map { $0.conformances.contains("B") } == [true, false, false])
        #expect(file.uncheckedTypes.map { $0.conformances.contains("C") } == [false, true, false])
        #expect(file.unawaitedRuns == [9, 14])
        #expect(SourceFile.sources.flatMap(\.uncheckedTypes).count > 10)
    }
}
