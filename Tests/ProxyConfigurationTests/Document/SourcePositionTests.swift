import Testing

@testable import ProxyConfiguration

@Suite struct SourcePositionTests {
    @Test("Places are ordered by line, then column")
    func order() {
        #expect(SourcePosition(line: 1, column: 9) < SourcePosition(line: 2, column: 1))
        #expect(SourcePosition(line: 2, column: 1) < SourcePosition(line: 2, column: 2))
        #expect(!(SourcePosition.start < .start))
        #expect("\(SourcePosition(line: 3, column: 4))" == "3:4")
    }
}
