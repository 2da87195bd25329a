import Testing

@testable import ProxyConfiguration

@Suite struct ConfigurationNodeTests {
    @Test("Of members with one name the last is found, as in the Go program")
    func lastWins() throws {
        let node = try JSONDocumentReader.read(Array(#"{"a": 1, "a": 2}"#.utf8))
        #expect(node["a"]?.value == .number("2"))
        #expect(node["b"] == nil)
        #expect(ConfigurationNode(.null, at: .start)["a"] == nil)
    }

    @Test("Every kind of value has a name for messages")
    func kinds() {
        let values: [ConfigurationNode.Value] = [
            .null, .bool(true), .number("1"), .string(""), .array([]), .object([]),
        ]
        let kinds = values.map { ConfigurationNode($0, at: .start).kind }
        #expect(kinds == ["null", "a boolean", "a number", "a string", "a list", "an object"])
    }
}
