import Foundation
import Testing

@testable import ProxyConfiguration

/// The tables of docs/configuration.md are written by hand, since they say more of a key than its row does; what both say
/// has to be the same.
@Suite struct DocumentedKeysTests {
    /// A key as a table describes it.
    private struct Entry: Equatable {
        var name: String
        var defaultText: String?
        var maximum: String?
    }

    /// Which keys the tables below a heading are about.
    private static let headings: [String: KeyScope] = [
        "## `mcpProxy`": .proxy, "## `options`": .options, "### Keys of every server": .server,
        "### A program: `command`": .server, "### A remote server: `url`": .server,
        "### Time that a server may take": .server, "## `limits`": .limits, "## Management": .management,
        "## Clients": .client,
        "### Keys of a group": .group, "### `options` of a group": .groupOptions, "### `overrides`": .toolOverride,
        "### Templates": .templateParameter, "### `tls`": .tls, "### `metrics`": .metrics, "### `audit`": .audit,
        "## Identity": .identity,
        "### An issuer": .issuer,
        "### `auth`": .authorization,
    ]

    private let page: String
    private let entries: [KeyScope: [Entry]]

    init() throws {
        page = try String(contentsOf: repositoryFile("docs/configuration.md"), encoding: .utf8)
        entries = Self.entries(in: page)
    }

    private static func entries(in page: String) -> [KeyScope: [Entry]] {
        var entries: [KeyScope: [Entry]] = [:]
        var scope: KeyScope?
        var columns: [String] = []
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") { scope = headings[String(line)] }
            guard line.hasPrefix("|") else {
                columns = []
                continue
            }
            guard !line.hasPrefix("|-") else { continue }
            let cells = line.replacing("\\|", with: "/").split(separator: "|").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            if columns.isEmpty {
                columns = cells
            } else if let scope, columns[0] == "Key" || columns[0] == "Key of a parameter" {
                // The table of options is followed by one of the filter of tools, which has no defaults.
                let place = scope == .options && !columns.contains("Default") ? .toolFilter : scope
                entries[place, default: []] += Self.entries(in: cells, columns)
            }
        }
        return entries
    }

    /// The keys of one line, of which there may be several.
    private static func entries(in cells: [String], _ columns: [String]) -> [Entry] {
        func column(_ name: String) -> String? { columns.firstIndex(of: name).map { cells[$0] } }
        let names = cells[0].split(separator: ", ").map { $0.trimmingCharacters(in: ["`"]) }
        let defaults = column("Default")?.split(separator: ", ").map(String.init) ?? []
        return names.enumerated().map { index, name in
            Entry(
                name: name, defaultText: names.count == 1 ? column("Default") : defaults.dropFirst(index).first,
                maximum: column("At most"))
        }
    }

    @Test(
        "The page and the program know the same keys",
        arguments: [
            KeyScope.proxy, .options, .toolFilter, .server, .limits, .management, .templateParameter, .group,
            .groupOptions, .client, .toolOverride, .tls, .metrics, .audit, .authorization, .identity,
        ])
    func sameKeys(scope: KeyScope) {
        #expect(entries[scope, default: []].map(\.name).sorted() == scope.keys.map(\.name).sorted())
    }

    @Test("Every key that has no line in a table is on the page", arguments: KeyScope.allCases)
    func mentioned(scope: KeyScope) {
        for key in scope.keys {
            let isThere = ["`\(key.name)`", "`.\(key.name)`", ".\(key.name)`", "\"\(key.name)\":"].contains(
                where: page.contains)
            #expect(isThere, "\(scope).\(key.name)")
        }
    }

    @Test("The page and the program have the same defaults")
    func sameDefaults() {
        for (scope, entries) in entries {
            for entry in entries {
                guard let key = scope.key(named: entry.name) else { continue }
                let label: Comment = "\(scope).\(key.name): \(entry.defaultText ?? "no default")"
                switch key.defaultValue {
                case .string(let text):
                    #expect(entry.defaultText == "`\"\(text)\"`" || entry.defaultText == "`\(text)`", label)
                case .number(let text): #expect(entry.defaultText == "`\(text)`", label)
                case .bool(let value): #expect(entry.defaultText == "`\(value)`", label)
                case .array(let elements):
                    #expect(entry.defaultText == "`\(SchemaText.written(.array(elements)))`", label)
                case .object: #expect(entry.defaultText == "`{}`", label)
                case .null: Issue.record(label)
                case nil:
                    let words = [
                        "none", "required", "see below", "from the ", "those of ", "the proxy's", "limits.", "unless",
                    ]
                    let isInWords = entry.defaultText.map { text in
                        text.isEmpty || words.contains { text.contains($0) } || text.contains(" for a ")
                    }
                    #expect(isInWords ?? true, label)
                }
            }
        }
    }

    @Test("The page and the program bound the limits alike")
    func sameBounds() throws {
        for entry in entries[.limits, default: []] {
            let maximum =
                switch KeyScope.limits.key(named: entry.name)?.shape {
                case .integer(let range?): range.upperBound.formatted(.number.locale(Locale(identifier: "en_US")))
                case .size(let range?): ByteSizeText.format(range.upperBound)
                case .duration(let range?): DurationText.format(range.upperBound)
                default: ""
                }
            #expect(entry.maximum == maximum, "\(entry.name)")
        }
    }

    @Test("The page on reloads names the keys that need a restart, and no others")
    func restarts() throws {
        let page = try String(contentsOf: repositoryFile("docs/usage.md"), encoding: .utf8)
        let start = try #require(page.range(of: "- `addr`, "))
        let end = try #require(page.range(of: "need a restart of the", range: start.lowerBound..<page.endIndex))
        let named = page[start.lowerBound..<end.lowerBound].split(separator: "`").enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        let known = ProxyKey.all.filter { $0.whenChanged == .restart }.map(\.name)
        #expect(named.sorted() == known.sorted())
    }
}
