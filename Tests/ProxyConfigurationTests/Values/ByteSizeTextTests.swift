import Testing

@testable import ProxyConfiguration

@Suite struct ByteSizeTextTests {
    @Test(
        "Sizes are numbers of bytes or carry a unit",
        arguments: [
            ("4194304", 4 << 20), ("4MiB", 4 << 20), ("512KiB", 512 << 10), ("4MB", 4_000_000), ("1GiB", 1 << 30),
            ("2gb", 2_000_000_000),
            ("10 kb", 10_000), ("7B", 7), ("0", 0),
        ])
    func reads(text: String, bytes: Int) {
        #expect(ByteSizeText.parse(text) == bytes)
    }

    @Test(
        "What is no size is refused",
        arguments: [
            "", "MiB", "-1", "4M", "1.5MiB", "4  MiB", "4MiB ", "99999999999999999999", "9223372036854775807KiB", "٤",
        ])
    func refuses(text: String) {
        #expect(ByteSizeText.parse(text) == nil)
    }

    @Test(
        "Sizes are written in the largest unit that holds them",
        arguments: [(4 << 20, "4MiB"), (1 << 30, "1GiB"), (1500, "1500B"), (0, "0B"), (2048, "2KiB")])
    func writes(bytes: Int, text: String) {
        #expect(ByteSizeText.format(bytes) == text)
        #expect(ByteSizeText.parse(text) == bytes)
    }
}
