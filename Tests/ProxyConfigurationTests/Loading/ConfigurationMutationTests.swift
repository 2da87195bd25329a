import Testing

@testable import ProxyConfiguration

/// A generator that gives the same numbers every time (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct ConfigurationMutationTests {
    private static let json = #"""
        { // all of it
          "mcpProxy": {"baseURL": "https://a.example/p", "addr": ":9090", "type": "streamable-http", "allowedHosts": ["h:1"],
            "options": {"panicIfInvalid": false, "authTokens": ["Bearer canary-0123456789"]},
            "limits": {"callTimeout": "30s", "maxBodyBytes": "4MiB", "maxSessions": 10},
            "icons": [{"src": "https://a/i.png", "sizes": ["any"]}], "endpoint": {"enabled": true, "names": "auto"},
            "groups": {"dev": {"servers": ["a/*", "!b"], "tools": ["?*"], "pinned": ["p"], "maxNameLength": 60,
              "overrides": {"b__x": {"name": "y", "arguments": {"k": {"value": ["canary-0123456789", 1.5e3, {"ä": null}]}}}},
              "options": {"authTokens": ["canary-0123456789"], "logEnabled": "yes"}}},
            "management": {"authTokens": ["canary-0123456789"], "allowAddresses": ["10.0.0.0/8", "fd00::/8"], "templates": {
              "t": {"command": "uvx", "args": ["canary-0123456789", "--p={p}"], "env": {"K": "canary-0123456789"},
                "parameters": {"p": {"type": "string", "pattern": "canary-[0-9]+", "default": "canary-0123456789"}}}}}},
          "mcpServers": {
            "a/canary-0123456789": {"command": "npx", "args": ["-y", "ä\u00e9\ud83d\ude00"], "env": {"K": "canary-0123456789"},
              "options": {"toolFilter": {"mode": "block", "list": ["x"]}, "Disabled": true}},
            "b": {"url": "https://b/sse?key=canary-0123456789", "headers": {"Authorization": "canary-0123456789"}, "timeout": 30000000000}, /* end */
          },
        }
        """#

    private static let yaml = """
        x-common: &common {panicIfInvalid: no, authTokens: [canary-0123456789]}
        mcpProxy:
          addr: ":9090"
          options: {<<: *common, logEnabled: yes}
          limits: {callTimeout: 30s}
        mcpServers:
          a/canary-0123456789: {command: npx, args: [-y, 1], env: {K: "canary-0123456789"}}
          "b":
            url: >-
              https://b/sse?key=canary-0123456789
            headers:
              Authorization: 'canary-0123456789'
            options: *common
        """

    private static let fragments = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "//", "/*", "*/", "\n", "null", "1e9", "-", "$", "${", "*common",
        "&a ", "? ", "\u{0}", "😀", "<<: ",
    ]

    private func mutate(_ text: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var text = text
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0..<max(1, text.count), using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where place < text.count: text[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1 where place < text.count: text.remove(at: place)
            case 2 where place < text.count:
                text.removeSubrange(place..<min(text.count, place + Int.random(in: 1...20, using: &generator)))
            case 3:
                text.insert(
                    contentsOf: (Self.fragments.randomElement(using: &generator) ?? "{").utf8,
                    at: min(place, text.count))
            default:
                let start = Int.random(in: 0..<max(1, text.count), using: &generator)
                text.insert(contentsOf: text[start..<min(text.count, start + 20)], at: min(place, text.count))
            }
        }
        return text
    }

    @Test("No change to a file makes loading it crash", arguments: [ConfigurationFormat.json, .yaml], 0..<4)
    func mutations(format: ConfigurationFormat, seed: Int) {
        var generator = SeededGenerator(state: UInt64(seed) &+ 20_250_101)
        let original = Array((format == .json ? Self.json : Self.yaml).utf8)
        var accepted = 0
        for _ in 0..<1000 {
            let text = mutate(original, &generator)
            do throws(ConfigurationError) {
                let loaded = try ConfigurationLoader.load(
                    text: text, source: "c", format: format, environment: ["HOME": "/root"])
                accepted += 1
                _ = loaded.settings.servers.map(\.displayName)
            } catch {
                #expect(error.problems.contains { $0.severity == .error })
            }
        }
        #expect(accepted > 0)
    }

    @Test(
        "No change to a server that comes over the API makes reading it crash, or opens what is closed",
        arguments: 0..<4)
    func dynamicMutations(seed: Int) throws {
        var generator = SeededGenerator(state: UInt64(seed) &+ 20_250_202)
        let proxy = try ProxySettings(
            options: ServerOptions(authTokens: [Secret("0123456789abcdef")]),
            management: ManagementSettings(templates: [
                "t": CommandTemplate(
                    command: "uvx", arguments: [.parameter(name: "p", prefix: "")],
                    parameters: ["p": TemplateParameter(.string, pattern: TextPattern("[a-z-]+"))])
            ]))
        let texts = [
            #"{"command": "npx", "args": ["-y", "ä\ud83d\ude00"], "env": {"KEY": "x"}, "options": {"authTokens": ["fedcba9876543210"]}}"#,
            #"{"template": "t", "parameters": {"p": "abc"}, "options": {"logEnabled": true}}"#,
            #"{"url": "https://a/b?c", "headers": {"X": "${HOME}"}, "timeout": "3s", "type": "http"}"#,
        ]
        var accepted = 0
        for round in 0..<3000 {
            let text = mutate(Array(texts[round % texts.count].utf8), &generator)
            do throws(ConfigurationError) {
                let loaded = try ConfigurationLoader.loadServer(
                    named: "new", text: text, source: "r", proxy: proxy, existing: [])
                accepted += 1
                #expect(!loaded.settings.options.authTokens.isEmpty && !loaded.settings.options.panicIfInvalid)
                guard case .stdio(let command, let arguments, let environment, _) = loaded.settings.transport,
                    loaded.usesTemplate
                else { continue }
                #expect(command == "uvx" && arguments.count == 1 && arguments.first?.hasPrefix("-") == false)
                #expect(environment.isEmpty, "only the operator names variables of a template")
            } catch {
                #expect(error.problems.contains { $0.severity == .error })
            }
        }
        #expect(accepted > 0)
    }

    @Test("The files the changes start from are fine", arguments: [ConfigurationFormat.json, .yaml])
    func originals(format: ConfigurationFormat) throws {
        let text = Array((format == .json ? Self.json : Self.yaml).utf8)
        let loaded = try ConfigurationLoader.load(text: text, source: "c", format: format, environment: [:])
        #expect(loaded.settings.servers.count == 2)
        #expect(loaded.warnings.isEmpty)
    }

    @Test("Secrets stay out of every message, whichever value is replaced by one of the wrong kind")
    func secretsStayHidden() throws {
        let pieces = Self.json.split(separator: "canary-0123456789", omittingEmptySubsequences: false)
        for spoiler in ["", "\\u0000", "\\n", " x", "%zz", "${NOPE}", "${", "\"", "\", 1, \""] {
            let text = pieces.joined(separator: "canary-0123456789\(spoiler)")
            let shown = problems(text).map(\.description).joined(separator: "\n")
            #expect(!shown.contains("canary"), "\(shown)")
        }
        for key in KeyScope.allCases.flatMap(\.keys).map(\.name) {
            // Short words are quoted; these could be secrets.
            let canary = #""canary-0123456789""#
            for value in [canary, "[\(canary)]", "{\"canary-key\": \(canary)}"] {
                let member = "\"\(key)\": \(value)"
                let template =
                    "{\"args\": [\"{p}\"], \(member), \"parameters\": {\"p\": {\"type\": \"string\", \(member)}}}"
                let management = "\"management\": {\(member), \"templates\": {\"t\": \(template)}}"
                let document =
                    "{\"mcpProxy\": {\"\(key)\": \(value), \"options\": {\"\(key)\": \(value)}, \"limits\": {\"\(key)\": \(value)}, \(management)}, \"mcpServers\": {\"a\": {\"\(key)\": \(value)}}}"
                for problem in problems(document) {
                    #expect(
                        !problem.message.contains("canary") && problem.suggestion?.contains("canary") != true,
                        "\(problem)")
                }
            }
        }
    }
}
