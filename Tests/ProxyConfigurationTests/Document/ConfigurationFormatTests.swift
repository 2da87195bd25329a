import Testing

@testable import ProxyConfiguration

@Suite struct ConfigurationFormatTests {
    @Test(
        "Files and URL paths that end in .yaml or .yml are YAML, all others JSON",
        arguments: [
            ("config.json", ConfigurationFormat.json), ("config.yaml", .yaml), ("/etc/Config.YML", .yaml),
            ("config", .json),
            ("https://example.com/c.yaml?token=a.json", .yaml), ("https://example.com/c.json?x=.yaml", .json),
            ("http://example.com/c.yml#top", .yaml), ("odd?.yaml", .yaml),
        ])
    func format(name: String, format: ConfigurationFormat) {
        #expect(ConfigurationFormat(pathOrURL: name) == format)
    }
}
