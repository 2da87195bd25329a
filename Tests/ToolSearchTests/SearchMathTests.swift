import Testing

@testable import ToolSearch

@Suite struct SearchMathTests {
    @Test(
        "The logarithm is right to a millionth", arguments: [(1, 0), (2, 0.693_147), (2.718_281_8, 1), (10, 2.302_585)])
    func logarithm(value: Float, expected: Float) {
        #expect(abs(SearchMath.logarithm(value) - expected) < 0.000_01)
    }

    @Test("It rises with its argument")
    func rises() {
        var last = SearchMath.logarithm(0.01)
        for step in 1..<20_000 {
            let next = SearchMath.logarithm(0.01 + Float(step) * 0.1)
            #expect(next > last)
            last = next
        }
    }
}
