import Foundation
import Testing

@testable import ProxyConfiguration

@Suite struct SchemaTests {
    private let schema: ConfigurationNode

    init() throws {
        schema = try JSONDocumentReader.read(Array(try Data(contentsOf: Self.file)))
    }

    private static let file = repositoryFile("Schema/mcp-proxy.schema.json")

    @Test("The schema is the one that the table of keys makes")
    func written() throws {
        if ProcessInfo.processInfo.environment["MCP_PROXY_RENEW_SCHEMA"] != nil {
            try SchemaText.file.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        let isCurrent = try String(contentsOf: Self.file, encoding: .utf8) == SchemaText.file
        #expect(isCurrent, "make schema writes it anew")
    }

    private func definition(_ scope: KeyScope) -> ConfigurationNode? {
        scope == .document ? schema : schema["$defs"]?[scope.rawValue]
    }

    private func property(_ key: KnownKey, in scope: KeyScope) throws -> ConfigurationNode {
        try #require(definition(scope)?["properties"]?[key.name])
    }

    @Test("The schema and the program know the same keys", arguments: KeyScope.allCases)
    func sameKeys(scope: KeyScope) throws {
        let properties = try #require(definition(scope)?["properties"]?.members)
        #expect(properties.map(\.name).sorted() == scope.keys.map(\.name).sorted())
        #expect(definition(scope)?["additionalProperties"]?.value == .bool(false))
    }

    @Test("Every definition of the schema that lists keys is one the program knows")
    func sameScopes() throws {
        let definitions = try #require(schema["$defs"]?.members).filter { $0.value["properties"] != nil }
        #expect(
            definitions.map(\.name).sorted() == KeyScope.allCases.filter { $0 != .document }.map(\.rawValue).sorted())
    }

    @Test("The schema and the program have the same defaults", arguments: KeyScope.allCases)
    func sameDefaults(scope: KeyScope) throws {
        for key in scope.keys {
            let property = try property(key, in: scope)
            let (there, here) = (property["default"]?.value, key.defaultValue)
            #expect(there.map(SchemaText.written) == here.map(SchemaText.written), "\(scope).\(key.name)")
        }
    }

    private static let valueTypes: [ConfigurationNode.Value] = ["string", "integer", "boolean"].map { .string($0) }

    /// The types that a value may have, where the schema lists several.
    private func types(of property: ConfigurationNode?) -> [ConfigurationNode.Value]? {
        guard case .array(let elements)? = property?["type"]?.value else { return nil }
        return elements.map(\.value)
    }

    /// Whether values are of this type, or null, which counts as left out where that may be.
    private func isTyped(
        _ property: ConfigurationNode, _ name: String, in scope: KeyScope, _ key: KnownKey
    ) -> Bool {
        if scope.requires(key.name) { return property["type"]?.value == .string(name) }
        return types(of: property) == [.string(name), .string("null")]
    }

    @Test("The schema and the program agree on what values look like", arguments: KeyScope.allCases)
    func sameShapes(scope: KeyScope) throws {
        for key in scope.keys {
            let property = try property(key, in: scope)
            let label: Comment = "\(scope).\(key.name)"
            let reference = property["$ref"]?.value
            switch key.shape {
            case .text: #expect(isTyped(property, "string", in: scope, key), label)
            case .boolean: #expect(reference == .string("#/$defs/boolean"), label)
            case .integer: #expect(reference == .string("#/$defs/count"), label)
            case .duration: #expect(reference == .string("#/$defs/duration"), label)
            case .size: #expect(reference == .string("#/$defs/size"), label)
            case .texts:
                #expect(isTyped(property, "array", in: scope, key), label)
                #expect(property["items"]?["type"]?.value == .string("string"), label)
            case .textOrTexts:
                #expect(types(of: property) == [.string("string"), .string("array"), .string("null")], label)
                #expect(property["items"]?["type"]?.value == .string("string"), label)
            case .value: #expect(types(of: property) == Self.valueTypes + [.string("null")], label)
            case .values:
                #expect(isTyped(property, "array", in: scope, key), label)
                #expect(types(of: property["items"]) == Self.valueTypes, label)
            case .valueMap: #expect(types(of: property["additionalProperties"]) == Self.valueTypes, label)
            case .textMap: #expect(property["additionalProperties"]?["type"]?.value == .string("string"), label)
            case .objects:
                #expect(isTyped(property, "array", in: scope, key), label)
                #expect(property["items"]?["type"]?.value == .string("object"), label)
            case .json:
                let types = types(of: property)
                #expect(types?.contains(.string("null")) == !scope.requires(key.name), label)
                #expect(types?.contains(.string("object")) == true && types?.contains(.string("number")) == true, label)
            case .object(let inner): #expect(reference == .string("#/$defs/\(inner.rawValue)"), label)
            case .objectOrWord(let inner, let word):
                guard case .array(let choices)? = property["anyOf"]?.value else {
                    Issue.record(label)
                    continue
                }
                #expect(choices.first?["$ref"]?.value == .string("#/$defs/\(inner.rawValue)"), label)
                #expect(choices.last?["const"]?.value == .string(word) && choices.count == 2, label)
            case .list(let inner):
                #expect(isTyped(property, "array", in: scope, key), label)
                #expect(property["items"]?["$ref"]?.value == .string("#/$defs/\(inner.rawValue)"), label)
            case .map(let inner):
                #expect(property["additionalProperties"]?["$ref"]?.value == .string("#/$defs/\(inner.rawValue)"), label)
            case .choice(let words):
                guard case .array(let elements)? = property["enum"]?.value else {
                    Issue.record(label)
                    continue
                }
                let written = elements.map(\.value)
                let null: [ConfigurationNode.Value] = scope.requires(key.name) ? [] : [.null]
                #expect(written == words.map { .string($0) } + null, label)
            }
        }
    }

    @Test("The schema and the program have the same ranges for counts")
    func sameRanges() throws {
        let counts = KeyScope.allCases.flatMap { scope in
            scope.keys.compactMap { key -> (KeyScope, KnownKey, ClosedRange<Int>)? in
                guard case .integer(let range?) = key.shape else { return nil }
                return (scope, key, range)
            }
        }
        for scope in KeyScope.allCases {
            for key in scope.keys {
                guard case .duration(let range) = key.shape else { continue }
                let property = try property(key, in: scope)
                #expect(range != nil && property["maximum"] != nil, "\(key.name)")
            }
        }
        let boundless = KeyScope.allCases.flatMap(\.keys).filter { $0.shape == .integer() }.map(\.name)
        #expect(boundless == ["minimum", "maximum"] && counts.count > 15)
        for (scope, key, range) in counts {
            let property = try property(key, in: scope)
            #expect(property["minimum"]?.value == .number("\(range.lowerBound)"), "\(key.name)")
            #expect(property["maximum"]?.value == .number("\(range.upperBound)"), "\(key.name)")
        }
    }

    @Test("Every key has a description for editors, and the old ones are marked", arguments: KeyScope.allCases)
    func described(scope: KeyScope) throws {
        for key in scope.keys {
            let property = try property(key, in: scope)
            guard case .string(let text)? = property["description"]?.value else {
                Issue.record("\(scope).\(key.name) has no description")
                continue
            }
            #expect(text.count > 10 && text.hasSuffix("."), "\(scope).\(key.name)")
            #expect((property["deprecated"]?.value == .bool(true)) == key.isDeprecated, "\(scope).\(key.name)")
        }
    }
}
