import Testing

@testable import Metrics

/// Which form a scraper gets.
@Suite struct ExpositionFormatTests {
    @Test(
        "OpenMetrics is given to who asks for it",
        arguments: [
            (
                [
                    "application/openmetrics-text; version=1.0.0; charset=utf-8;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.1"
                ],
                ExpositionFormat.openMetrics
            ),
            (["text/plain", "Application/OpenMetrics-Text"], .openMetrics),
            (["application/openmetrics-text;q=0"], .prometheus),
            (["application/openmetrics-text; q=0.0, text/plain"], .prometheus),
            (["text/plain;version=0.0.4"], .prometheus),
            (["*/*"], .prometheus), ([], .prometheus), ([""], .prometheus), ([",;,=;q="], .prometheus),
            (["application/openmetrics-text-not"], .prometheus),
        ] as [([String], ExpositionFormat)])
    func asked(accept: [String], format: ExpositionFormat) {
        #expect(ExpositionFormat(accept: accept) == format)
    }
}
