import Testing

@testable import MCPCore

@Suite struct DecimalNumberTests {
    @Test(
        "Two spellings of one value are equal",
        arguments: [
            ("42", "42.0"), ("42", "4.2e1"), ("42", "420E-1"), ("0", "-0"), ("0", "0.000e5"), ("1000", "1e3"),
            ("1000", "1e+03"), ("0.5", "5e-1"), ("-7", "-7.00"), ("9007199254740993", "9007199254740993.0"),
        ])
    func equal(left: String, right: String) throws {
        let left = try #require(DecimalNumber(left.utf8))
        #expect(left == DecimalNumber(right.utf8))
    }

    @Test(
        "Different values are different, however close",
        arguments: [
            ("9007199254740992", "9007199254740993"), ("42", "-42"), ("42", "42.0000000000000000000000000001"),
            ("1", "10"), ("1e400", "1e401"), ("0", "1e-400"),
        ])
    func different(left: String, right: String) throws {
        let left = try #require(DecimalNumber(left.utf8))
        let right = try #require(DecimalNumber(right.utf8))
        #expect(left != right)
    }

    @Test(
        "Only JSON's spelling is a number",
        arguments: [
            "", "-", "+1", "01", "-01", "1.", ".5", "1.e1", "1e", "1e+", "1e+-1", "1e1.0", "0x1", " 1", "1 ", "1,0",
            "--1",
            "NaN", "Infinity", "١", "1e99999999999",
        ])
    func spelling(text: String) {
        #expect(DecimalNumber(text.utf8) == nil)
    }

    @Test(
        "Integers within 53 bits have a value, others do not",
        arguments: [
            ("42", Int64(42)), ("42.0", 42), ("-7", -7), ("1e3", 1000), ("-0", 0), ("120e-1", 12),
            ("9007199254740991", 9_007_199_254_740_991), ("-9007199254740991.0", -9_007_199_254_740_991),
            ("9007199254740992", nil), ("-9007199254740992", nil), ("1e16", nil), ("12345678901234567890", nil),
            ("1e2147483647", nil), ("1e-2147483647", nil), ("0.5", nil), ("42.01", nil), ("0e2147483647", 0),
        ])
    func safe(text: String, value: Int64?) throws {
        #expect(try #require(DecimalNumber(text.utf8)).safeInteger == value)
    }
}
