import Testing

@testable import ProxyConfiguration

@Suite struct ConversionContextTests {
    @Test("Problems come in the order of the text, equal places in the order of the report")
    func order() {
        var context = ConversionContext(source: "c", format: .json)
        context.warn("b", at: SourcePosition(line: 2, column: 1), .root)
        context.error("c", at: SourcePosition(line: 2, column: 1), .root)
        context.error("a", at: nil, .root)
        #expect(context.problems.map(\.message) == ["a", "b", "c"])
        #expect(context.hasErrors)
    }

    @Test("The number of problems is bounded, and many warnings do not hide an error")
    func bounded() {
        let keys = (0..<5000).map { "\"k\($0)\": 1" }.joined(separator: ",")
        let all = problems("{\(keys), \"mcpProxy\": 1}")
        #expect(all.count == ConversionContext.maximumProblems + 2)
        #expect(all.filter { $0.severity == .error }.map(\.keyPath) == ["mcpProxy"])
    }

    @Test("What has no effect is a warning in a file and an error where the text is strict")
    func withoutEffect() {
        var file = ConversionContext(source: "c", format: .json)
        file.reportWithoutEffect("a", at: nil, .root)
        #expect(!file.hasErrors && file.problems.map(\.severity) == [.warning])
        var request = ConversionContext(source: "c", format: .json, isStrict: true)
        request.reportWithoutEffect("a", at: nil, .root)
        #expect(request.hasErrors && request.problems.map(\.severity) == [.error])
    }
}
