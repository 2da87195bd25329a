import Foundation
import MCPCore
import MCPGateway
import NIOCore
import NIOHTTP1
import Recordings
import Synchronization
import Testing

@testable import MCPFrontEnd

/// The description against what the API does.
@Suite(.timeLimit(.minutes(2))) struct ManagementDescriptionTests {
    private static func document() throws -> JSONView {
        try JSONText(scanning: ManagementDescription(prefix: "").json).root
    }

    /// What a reference in the document stands for.
    private func resolve(_ value: JSONView, in document: JSONView) throws -> JSONView {
        guard let reference = value["$ref"]?.string else { return value }
        var found: JSONView? = document
        for part in reference.split(separator: "/").dropFirst() { found = found?[String(part)] }
        return try #require(found, "\(reference) leads nowhere")
    }

    /// Where a value differs from what its schema says; empty when nowhere.
    private func faults(_ value: JSONView, _ schema: JSONView, in document: JSONView, at path: String) throws
        -> [String]
    {
        let schema = try resolve(schema, in: document)
        switch schema["type"]?.string {
        case "object":
            guard value.isObject else { return ["\(path) is no object"] }
            var found: [String] = []
            for name in schema["required"]?.elements.compactMap(\.string) ?? [] where value[name] == nil {
                found.append("\(path).\(name) is missing")
            }
            var members: [(String, JSONView)] = []
            value.forEachMember { members.append(($0, $1)) }
            for (name, member) in members {
                if let declared = schema["properties"]?[name] {
                    found += try faults(member, declared, in: document, at: "\(path).\(name)")
                } else if let other = schema["additionalProperties"], other.isObject {
                    found += try faults(member, other, in: document, at: "\(path).\(name)")
                } else if schema["additionalProperties"]?.boolean == false {
                    found.append("\(path).\(name) is not declared")
                }
            }
            return found
        case "array":
            guard value.isArray, let items = schema["items"] else { return ["\(path) is no array"] }
            return try value.elements.flatMap { try faults($0, items, in: document, at: "\(path)[]") }
        case "number": return Double(String(buffer: value.bytes)) == nil ? ["\(path) is no number"] : []
        case "integer": return value.integer == nil ? ["\(path) is no integer"] : []
        case "boolean": return value.boolean == nil ? ["\(path) is neither true nor false"] : []
        case "string":
            guard let text = value.string else { return ["\(path) is no string"] }
            let allowed = schema["enum"]?.elements.compactMap(\.string)
            return allowed?.contains(text) == false ? ["\(path) has an undeclared value"] : []
        default: return ["\(path) has a schema without a type"]
        }
    }

    private func operations() throws -> [(path: String, method: String, operation: JSONView)] {
        var found: [(String, String, JSONView)] = []
        try Self.document()["paths"]?.forEachMember { path, item in
            item.forEachMember { method, operation in
                if method != "parameters" { found.append((path, method.uppercased(), operation)) }
            }
        }
        return found
    }

    private static let bodies = [
        "NewServer": #"{"name":"fetch","config":{}}"#, "Replacement": #"{"config":{}}"#, "Reload": #"{"dryRun":false}"#,
        "Nothing": "{}", "Approval": #"{"tools":["log"]}"#, "GroupReplacement": #"{"config":{}}"#,
        "Login": #"{"redirect":"http://127.0.0.1:1/"}"#, "NewRecording": "{}",
    ]

    @Test("Everything described is answered as described, when it is done and when it is not")
    func answers() async throws {
        let document = try Self.document()
        let harness = try await ManagementHarness(configure: { $0.maximumChangesPerMinute = 1_000 })
        harness.servers.journal.note(.stderr, "line", at: 0)
        _ = harness.timeline.look()
        harness.timeline.note(TimelineStreamTests.request("get"))
        for (path, method, operation) in try operations() {
            for (name, headers, refusal) in [
                ("fetch", [ManagementHarness.owner], nil), ("none", [ManagementHarness.owner], nil), ("fetch", [], nil),
                ("fetch", ["Authorization: Bearer server"], nil),
            ] + ManagementRefusal.Kind.allCases.map({ ("fetch", [ManagementHarness.owner], Optional($0)) }) {
                // Only what is about one server or group can find that there is none.
                guard refusal != .unknownServer && refusal != .unknownGroup || path.contains("{name}") else { continue }
                guard refusal != .unknownRecording || path.contains("{id}") else { continue }
                let recording = try harness.servers.recorder.begin(RecordingRules())
                defer { harness.servers.recorder.removeAll() }
                harness.servers.refusal.withLock { current in
                    current = refusal.map { ManagementRefusal($0, "no", problems: ["p"], errorOutput: ["e"]) }
                }
                let target =
                    path.replacing("{name}", with: name)
                    .replacing("{id}", with: name == "none" ? "none" : recording.id)
                    .replacing("{kind}", with: name == "none" ? "none" : "conflict")
                    + (path == "/api/access" ? "?server=\(name)&tool=get" : "")
                let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"]?["$ref"]?.string
                let body = try schema.map { try #require(Self.bodies[String($0.split(separator: "/").last ?? "")]) }
                let response: RawClient.Response
                if let body {
                    response = try await harness.send(method, target, headers, body)
                } else {
                    response = try await harness.answer(method, target, headers)
                }
                let declared = try #require(
                    operation["responses"]?["\(response.status)"],
                    "\(method) \(target): \(response.status) is undeclared")
                let type = try #require(response["content-type"])
                let content = try #require(try resolve(declared, in: document)["content"]?[type]?["schema"])
                if type == "application/jsonl" {
                    #expect(content["type"]?.string == "string" && !response.body.isEmpty)
                } else {
                    #expect(try faults(response.json, content, in: document, at: "\(method) \(target)") == [])
                }
                if refusal == nil, name == "fetch", headers == [ManagementHarness.owner] {
                    #expect(response.status < 300)
                }
            }
        }
    }

    @Test("Every member of what is said of a server is in the documentation")
    func documented() async throws {
        let page = try String(contentsOf: Self.page, encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let harness = try await ManagementHarness()
        for path in ["/api/servers", "/api/servers/fetch"] {
            let answer = try await harness.answer("GET", path, [ManagementHarness.owner]).json
            var members: [String] = []
            (answer["servers"]?["fetch"] ?? answer).forEachMember { name, value in
                members.append(name)
                if name == "circuit" { value.forEachMember { inner, _ in members.append(inner) } }
            }
            #expect(members.count > 20)
            for name in members where !rows.contains(where: { $0.contains("`\(name)`") }) {
                Issue.record("docs/management.md has no row with \(name)")
            }
        }
    }

    private static var page: URL {
        var folder = URL(filePath: #filePath)
        while !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path()),
            folder.pathComponents.count > 1
        {
            folder.deleteLastPathComponent()
        }
        return folder.appending(path: "docs/management.md")
    }

    @Test("Every route and method of the API is described")
    func complete() throws {
        let described = Set(try operations().map { "\($0.method) \($0.path)" })
        let paths =
            [
                "servers", "servers/{name}", "tools", "access", "traffic", "configuration", "groups", "groups/{name}",
                "pins", "pins.json", "pins/{name}",
                "pins/{name}/approve", "recordings", "recordings/{id}", "reload", "openapi.json", "problems/{kind}",
            ]
            + ServerAction.allCases.map { "servers/{name}/\($0.rawValue)" }
        var answered: Set<String> = []
        for path in paths {
            let parsed = try #require(ManagementPath("/api/\(path)", prefix: ""))
            if case .named(let text) = parsed, let (_, action) = ServerAction.split(text) {
                answered.insert("\(action.method) /api/\(path)")
            } else {
                answered.formUnion(parsed.methods.map { "\($0) /api/\(path)" })
            }
        }
        #expect(answered == described)
    }

    @Test("The description is served as it is, with references that lead somewhere, and names every kind of problem")
    func served() async throws {
        let harness = try await ManagementHarness(prefix: "/base")
        let response = try await harness.answer("GET", "/base/api/openapi.json", [])
        let document = try response.json
        #expect(document["openapi"]?.string == "3.1.0")
        #expect(document["servers"]?.elements.first?["url"]?.string == "/base")
        for kind in ManagementProblem.Kind.allCases {
            let description = document["components"]?["responses"]?["Problem\(kind.status.code)"]?["description"]?
                .string
            #expect(description?.contains(kind.type) == true)
            #expect(try await harness.answer("GET", kind.type, []).json["title"]?.string == kind.title)
        }
        for part in response.body.split(separator: "\"$ref\":").dropFirst() {
            let reference = part.drop { $0 != "#" }.prefix { $0 != "\"" }
            var found: JSONView? = document
            for step in reference.split(separator: "/").dropFirst() { found = found?[String(step)] }
            #expect(found != nil, "\(reference)")
        }
    }
}
