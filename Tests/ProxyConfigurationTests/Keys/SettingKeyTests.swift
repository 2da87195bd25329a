import Testing

@testable import ProxyConfiguration

@Suite struct SettingKeyTests {
    @Test("Every property of the options, and of the proxy but its servers, has a row")
    func properties() {
        func labels(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }
        #expect(labels(ServerOptions()).sorted() == OptionKey.all.map(\.name).sorted())
        let renamed = ["address": "addr", "advertised": "type"]
        let proxy = labels(ProxySettings()).filter { $0 != "servers" }.map { renamed[$0] ?? $0 }
        #expect(proxy.sorted() == ProxyKey.all.map(\.name).sorted())
        let groups = [
            "isEnabled": "enabled", "isReadOnly": "readOnly", "naming": "names", "maximumNameLength": "maxNameLength",
        ]
        let group = labels(GroupSettings()).filter { $0 != "name" }.map { groups[$0] ?? $0 }
        #expect(group.sorted() == ([GroupKey.enabled] + GroupKey.all + GroupKey.options).map(\.name).sorted())
    }

    /// Something to write for a key that is not its default; nil where no single value is to be had.
    private func other(than value: ConfigurationNode.Value?, _ shape: KnownKey.Shape) -> ConfigurationNode.Value? {
        switch shape {
        case .boolean: value == .bool(true) ? .bool(false) : .bool(true)
        case .choice(let words): words.map { .string($0) }.first { $0 != value }
        case .integer(let range?), .size(let range?): .number("\(range.upperBound)")
        case .duration(let range?): .string(DurationText.format(range.upperBound))
        case .text, .integer, .duration, .size, .texts, .textMap, .value, .values, .valueMap, .objects, .json, .object,
            .objectOrWord, .map, .textOrTexts, .list:
            nil
        }
    }

    /// Reads something for each row alone, and looks at what is then different.
    ///
    /// - Returns: How many rows were read.
    private func readEach<Settings>(_ rows: [SettingKey<Settings>], _ scope: KeyScope) throws -> Int {
        var count = 0
        for row in rows {
            guard let value = other(than: row.known.defaultValue, row.known.shape) else { continue }
            let position = SourcePosition(line: 1, column: 1)
            let member = ConfigurationNode.Member(
                name: row.name, position: position, value: ConfigurationNode(value, at: position))
            var context = ConversionContext(source: "test", format: .json)
            let reader = try #require(
                ObjectReader(ConfigurationNode(.object([member]), at: position), scope: scope, path: .root, &context))
            guard let change = row.read(reader, &context) else { continue }
            var settings = Settings.defaults
            change(&settings)
            #expect(rows.changed(from: .defaults, to: settings).map(\.name) == [row.name])
            #expect(context.problems.isEmpty, "\(row.name)")
            count += 1
        }
        return count
    }

    @Test("A row that reads its key sets the property that it compares, and no other one")
    func reading() throws {
        #expect(try readEach(LimitKey.all, .limits) == LimitKey.all.count)
        #expect(try readEach(ManagementKey.all, .management) == 10)
        #expect(try readEach(OptionKey.all, .options) == 3)
        #expect(try readEach(ServerKey.all, .server) == ServerKey.serving.count + ServerKey.times.count)
        #expect(try readEach(ProxyKey.all, .proxy) == 1, "the type")
        #expect(try readEach(GroupKey.all, .group) == 5)
        #expect(try readEach([GroupKey.enabled], .endpoint) == 1)
        #expect(try readEach(GroupKey.options, .groupOptions) == 1)
    }

    @Test(
        "What is left out changes nothing",
        arguments: [KeyScope.limits, .management, .options, .server, .proxy, .group, .endpoint, .groupOptions])
    func leftOut(scope: KeyScope) throws {
        var context = ConversionContext(source: "test", format: .json)
        let empty = ConfigurationNode(.object([]), at: SourcePosition(line: 1, column: 1))
        let reader = try #require(ObjectReader(empty, scope: scope, path: .root, &context))
        var settings = ServerSettings.defaults
        ServerKey.all.read(in: reader, into: &settings, &context)
        #expect(settings == .defaults)
        var options = ServerOptions()
        OptionKey.all.read(in: reader, into: &options, &context)
        var group = GroupSettings()
        ([GroupKey.enabled] + GroupKey.all + GroupKey.options).read(in: reader, into: &group, &context)
        #expect(group == GroupSettings())
        #expect(options == ServerOptions() && context.problems.isEmpty)
    }

    @Test("The least that a change does comes first")
    func order() {
        #expect(ChangeEffect.allCases == [.inPlace, .renew, .replace, .restart])
        #expect(ChangeEffect.allCases == ChangeEffect.allCases.sorted())
    }
}
