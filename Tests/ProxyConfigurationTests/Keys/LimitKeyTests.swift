import Testing

@testable import ProxyConfiguration

@Suite struct LimitKeyTests {
    /// A JSON value for every limit that is not its default, at the given end of its range.
    private func text(_ key: SettingKey<Limits>, upper: Bool, beyond: Bool = false) -> String {
        switch key.known.shape {
        case .integer(let range?), .size(let range?):
            return upper ? "\(range.upperBound + (beyond ? 1 : 0))" : "\(range.lowerBound - (beyond ? 1 : 0))"
        case .duration(let range?):
            return upper
                ? "\"\(DurationText.format(range.upperBound))\(beyond ? "1ms" : "")\""
                : beyond ? "\"999us\"" : "\"\(DurationText.format(range.lowerBound))\""
        default:
            Issue.record("\(key.name) has no range")
            return "null"
        }
    }

    private func document(_ key: SettingKey<Limits>, _ value: String) -> String {
        proxyDocument("\"limits\": {\"\(key.name)\": \(value)}")
    }

    /// Whether the problem is about two limits, rather than the range of one.
    private func isAboutPair(_ problem: ConfigurationProblem) -> Bool {
        problem.message.contains("must not be larger than")
    }

    @Test("Every limit is read at both ends of its range", arguments: LimitKey.all.map(\.name))
    func inRange(name: String) throws {
        let key = try #require(LimitKey.all.first { $0.name == name })
        for upper in [false, true] {
            let found = errors(document(key, text(key, upper: upper)))
            #expect(found.allSatisfy(isAboutPair), "\(found)")
        }
    }

    @Test("Every limit is refused just beyond both ends of its range", arguments: LimitKey.all.map(\.name))
    func outOfRange(name: String) throws {
        let key = try #require(LimitKey.all.first { $0.name == name })
        for upper in [false, true] {
            let found = errors(document(key, text(key, upper: upper, beyond: true)))
            #expect(found.map(\.keyPath) == ["mcpProxy.limits.\(name)"])
            #expect(found.first?.suggestion?.hasPrefix("Write ") == true)
        }
    }

    @Test("Every limit sets its own property and no other", arguments: LimitKey.all.map(\.name))
    func setsProperty(name: String) throws {
        let key = try #require(LimitKey.all.first { $0.name == name })
        var expected = Limits()
        let value: String
        if let property = key.place as? WritableKeyPath<Limits, Duration> {
            expected[keyPath: property] += .milliseconds(1)
            value = "\"\(DurationText.format(expected[keyPath: property]))\""
        } else {
            let property = try #require(key.place as? WritableKeyPath<Limits, Int>)
            // A default may be the greatest or the least that is allowed.
            if case .size = key.known.shape {
                expected[keyPath: property] -= 1
            } else {
                expected[keyPath: property] += 1
            }
            value = "\(expected[keyPath: property])"
        }
        #expect(try load(document(key, value)).settings.limits == expected)
    }

    @Test("The default of every limit is in its own range, and written it changes nothing")
    func defaultsAreValid() throws {
        let members = LimitKey.all.map { key -> String in
            switch key.known.defaultValue {
            case .number(let text): "\"\(key.name)\": \(text)"
            case .string(let text): "\"\(key.name)\": \"\(text)\""
            default: "\"\(key.name)\": []"
            }
        }
        let loaded = try load(proxyDocument("\"limits\": {\(members.joined(separator: ", "))}"))
        #expect(loaded.settings.limits == Limits())
        #expect(loaded.warnings.isEmpty)
    }
}
