import Testing

@testable import ProxyConfiguration

@Suite struct DurationTextTests {
    @Test(
        "Durations are read as Go writes them",
        arguments: [
            ("30s", Duration.seconds(30)), ("1m30s", .seconds(90)), ("500ms", .milliseconds(500)),
            ("2h", .seconds(7200)),
            ("1.5h", .seconds(5400)), (".5s", .milliseconds(500)), ("1.s", .seconds(1)),
            ("1h0m0.25s", .milliseconds(3_600_250)),
            ("10us", .microseconds(10)), ("10µs", .microseconds(10)), ("7ns", .nanoseconds(7)), ("-5s", .seconds(-5)),
            ("+5s", .seconds(5)), ("0s", .zero), ("2562047h", .seconds(2_562_047 * 3600)),
        ])
    func reads(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == .init(duration: duration, bareNumber: nil))
    }

    @Test(
        "A number without a unit counts nanoseconds",
        arguments: [
            ("30000000000", Duration.seconds(30), Int64(30_000_000_000)), ("0", .zero, 0), ("30", .nanoseconds(30), 30),
            ("-1", .nanoseconds(-1), -1),
        ])
    func numbers(text: String, duration: Duration, number: Int64) {
        #expect(DurationText.parse(text) == .init(duration: duration, bareNumber: number))
    }

    @Test(
        "What is no duration is refused",
        arguments: [
            "", " ", "s", "-", "+", ".", ".s", "30 s", "30x", "1d", "1e3", "1.5", "1..5s", "30s ", "3O s", "٣s",
            "9223372036854775808",
            "9999999h", "2562048h", "1s-1s", "+5", "1_000", "0x10",
        ])
    func refuses(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(
        "Durations are written so that they can be read again",
        arguments: [
            (Duration.seconds(75), "1m15s"), (.milliseconds(500), "500ms"), (.seconds(86_400), "24h"), (.zero, "0s"),
            (.nanoseconds(30), "30ns"), (.seconds(3661) + .milliseconds(5), "1h1m1s5ms"),
        ])
    func writes(duration: Duration, text: String) {
        #expect(DurationText.format(duration) == text)
        #expect(DurationText.parse(text)?.duration == duration)
    }

    @Test(
        "What is proposed in place of a number is its likeliest reading that is allowed, else the usual value",
        arguments: [
            (30, "30s"), (5400, "5s400ms"), (60_000, "1m"), (3_600_000, "1h"), (5_400_000, "2m"), (2, "2s"),
            (999_999_999, "2m"),
        ])
    func advises(number: Int64, text: String) {
        let range = Duration.milliseconds(1)...Duration.seconds(3600)
        #expect(DurationText.format(DurationText.advice(for: number, in: range, usual: .seconds(120))) == text)
    }
}
