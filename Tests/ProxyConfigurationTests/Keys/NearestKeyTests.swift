import Testing

@testable import ProxyConfiguration

@Suite struct NearestKeyTests {
    private let keys = ["command", "args", "env", "url", "headers", "timeout"]

    @Test(
        "A slip or two lead to the key that was meant",
        arguments: [
            ("comand", "command"), ("commadn", "command"), ("Command", "command"), ("arg", "args"),
            ("header", "headers"),
            ("timeuot", "timeout"), ("URL", "url"), ("headres", "headers"),
        ])
    func near(text: String, key: String) {
        #expect(nearestKey(to: text, in: keys) == key)
    }

    @Test(
        "A text that is like no key leads nowhere",
        arguments: ["", "xyz", "workingDirectory", "e", String(repeating: "command", count: 1000)])
    func far(text: String) {
        #expect(nearestKey(to: text, in: keys) == nil)
    }

    @Test(
        "Distance counts insertions, deletions, replacements and swaps, up to its bound",
        arguments: [
            ("ab", "ab", 0), ("ab", "ba", 1), ("ab", "abc", 1), ("abc", "ab", 1), ("abc", "axc", 1), ("", "abc", 3),
            ("kitten", "sitting", 3),
        ])
    func distance(first: String, second: String, distance: Int) {
        let scalars = (Array(first.unicodeScalars), Array(second.unicodeScalars))
        #expect(editDistance(scalars.0, scalars.1, bound: 5) == distance)
        #expect(editDistance(scalars.1, scalars.0, bound: distance) == distance)
        #expect(editDistance(scalars.0, scalars.1, bound: distance - 1) == nil)
    }
}
