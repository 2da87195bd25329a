import Testing

@testable import MCPCore

/// Moments in words.
@Suite struct UTCTimeTests {
    @Test(
        "A moment is written as ISO 8601 has it",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (951_868_799, "2000-02-29T23:59:59Z"),
            (951_868_800, "2000-03-01T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"), (-5, "1970-01-01T00:00:00Z"), (Int.max, "9999-12-31T23:59:59Z"),
        ])
    func seconds(seconds: Int, text: String) {
        #expect(UTCTime.text(seconds: seconds) == text)
    }

    @Test("Parts of a second are kept, and what is no moment does no harm")
    func fractions() {
        #expect(UTCTime.text(1.0625) == "1970-01-01T00:00:01.062Z")
        #expect(UTCTime.text(Double.nan) == "1970-01-01T00:00:00.000Z")
        #expect(UTCTime.text(Double.infinity).hasPrefix("9999-12-31"))
    }
}
