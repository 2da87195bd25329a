import MCPValues
import Testing

@testable import ProxyConfiguration

@Suite struct DynamicServerConversionTests {
    private let proxy: ProxySettings

    init() throws {
        proxy = try ProxySettings(
            options: ServerOptions(
                panicIfInvalid: true, logEnabled: true, authTokens: [Secret("0123456789abcdef")],
                toolFilter: ToolFilter(mode: .block, names: ["x"])),
            management: ManagementSettings(templates: [
                "git": CommandTemplate(
                    command: "uvx", arguments: [.literal("--"), .parameter(name: "path", prefix: "")],
                    environment: ["GIT_DIR": .literal("/srv")],
                    parameters: ["path": .init(.string, pattern: TextPattern("[a-z]+"))])
            ]))
    }

    @Test("A remote server inherits the proxy's options, and dollar signs stay as they are")
    func remote() throws {
        let loaded = try loadDynamic(
            #"{"url": "https://a/${HOME}?b=$HOME", "headers": {"X": "Bearer ${HOME}", "$HOME": "$$"}, "options": {"logEnabled": false}}"#,
            proxy: proxy)
        #expect(
            loaded
                == LoadedServer(
                    settings: ServerSettings(
                        name: "new",
                        transport: .http(
                            url: "https://a/${HOME}?b=$HOME",
                            headers: [
                                HeaderField(name: "X", value: Secret("Bearer ${HOME}")),
                                HeaderField(name: "$HOME", value: Secret("$$")),
                            ], timeout: nil, kind: .detect),
                        options: ServerOptions(
                            logEnabled: false, authTokens: [Secret("0123456789abcdef")],
                            toolFilter: ToolFilter(mode: .block, names: ["x"])))))
        #expect(!loaded.usesTemplate && !loaded.settings.transport.startsProcess)
    }

    @Test("A program is read as in the file, and dollar signs stay as they are")
    func program() throws {
        let loaded = try loadDynamic(
            #"{"transportType": "stdio", "command": "npx", "args": ["$HOME"], "env": {"API_KEY": "${HOME}"}, "cwd": "$HOME"}"#
        )
        #expect(
            loaded.settings.transport
                == .stdio(
                    command: "npx", arguments: ["$HOME"], environment: ["API_KEY": Secret("${HOME}")],
                    workingDirectory: "$HOME"))
        #expect(loaded.settings.transport.startsProcess && !loaded.usesTemplate)
    }

    @Test("The server's own tokens stand in place of the proxy's")
    func ownTokens() throws {
        let loaded = try loadDynamic(
            #"{"url": "https://a", "options": {"authTokens": ["fedcba9876543210"]}}"#, proxy: proxy)
        #expect(loaded.settings.options.authTokens == [Secret("fedcba9876543210")])
    }

    @Test(
        "An empty list of tokens is refused if the proxy has some",
        arguments: [#""url": "https://a""#, #""template": "git", "parameters": {"path": "a"}"#])
    func emptyTokens(members: String) {
        let text = "{\(members), \"options\": {\"authTokens\": []}}"
        #expect(dynamicErrors(text, proxy: proxy).map(\.keyPath) == ["options.authTokens"])
        var open = proxy
        open.options.authTokens = []
        #expect(dynamicErrors(text, proxy: open).isEmpty)
    }

    @Test("panicIfInvalid has no meaning here, and is not inherited", arguments: ["true", #""yes""#])
    func panicIfInvalid(value: String) throws {
        let text = "{\"url\": \"https://a\", \"options\": {\"panicIfInvalid\": \(value)}}"
        #expect(dynamicErrors(text).map(\.keyPath) == ["options.panicIfInvalid"])
        let loaded = try loadDynamic(#"{"url": "https://a", "options": {"panicIfInvalid": false}}"#, proxy: proxy)
        #expect(!loaded.settings.options.panicIfInvalid)
    }

    @Test(
        "Unknown keys, keys in another case and keys given twice are refused",
        arguments: [
            (#""url": "https://a", "metadata": {}"#, "metadata"), (#""url": "https://a", "x-a": 1"#, "x-a"),
            (#""Command": "a""#, "Command"), (#""url": "https://a", "URL": "https://b""#, "URL"),
            (#""url": "https://a", "url": "https://b""#, "url"),
            (#""url": "https://a", "options": {"authToken": []}"#, "options.authToken"),
            (#""url": "https://a", "options": {"logEnabled": true, "logEnabled": true}"#, "options.logEnabled"),
            (#""template": "git", "parameters": {"path": "a"}, "command": "sh""#, "command"),
            (#""template": "git", "parameters": {"path": "a", "path": "b"}"#, "parameters.path"),
            (#""url": "https://a", "Template": "git""#, "Template"),
        ])
    func unknown(members: String, path: String) {
        #expect(dynamicErrors("{\(members)}", proxy: proxy).map(\.keyPath) == [path])
    }

    @Test("The nearest key is named, and the same text is fine with it")
    func nearest() {
        #expect(
            dynamicErrors(#"{"url": "https://a", "haeders": {}}"#).map(\.suggestion) == [#"Did you mean "headers"?"#])
        #expect(dynamicErrors(#"{"url": "https://a", "headers": {}, "options": {"Disabled": false}}"#).isEmpty)
    }

    @Test("A key without effect is refused, unless it is empty")
    func withoutEffect() {
        #expect(dynamicErrors(#"{"command": "a", "url": "https://a"}"#).map(\.keyPath) == ["url"])
        #expect(dynamicErrors(#"{"command": "a", "type": "sse"}"#).map(\.keyPath) == ["type"])
        #expect(dynamicErrors(#"{"url": "https://a", "args": ["x"]}"#).map(\.keyPath) == ["args"])
        #expect(dynamicErrors(#"{"url": "https://a", "args": [], "env": {}}"#).isEmpty)
        #expect(dynamicErrors(#"{"command": "a", "headers": {}, "url": ""}"#).isEmpty)
    }

    @Test(
        "What describes no server is refused, with a problem that says why",
        arguments: [
            "", "{", "null", "[]", "{}", #"{"template": null}"#, #"{"template": 1}"#, #"{"command": ["a"]}"#,
            #"{"command": "a\u0000"}"#, #"{"url": "ftp://a"}"#,
        ])
    func noServer(text: String) {
        #expect(!dynamicErrors(text, proxy: proxy).isEmpty)
    }

    @Test(
        "Who may name the command may set any variable for it, and with a template nobody may set one",
        arguments: ["LD_PRELOAD", "path", "HTTPS_PROXY"])
    func environment(name: String) {
        #expect(dynamicErrors("{\"command\": \"a\", \"env\": {\"\(name)\": \"x\"}}").isEmpty)
        let text = "{\"template\": \"git\", \"parameters\": {\"path\": \"a\"}, \"env\": {\"\(name)\": \"x\"}}"
        #expect(dynamicErrors(text, proxy: proxy).map(\.keyPath) == ["env"])
    }

    @Test(
        "Arguments, variables and headers are limited in number",
        arguments: [("args", 128), ("env", 64), ("headers", 64)])
    func numbers(key: String, maximum: Int) {
        func text(_ count: Int) -> String {
            let members = (0..<count).map { key == "args" ? "\"a\"" : "\"A\($0)\": \"a\"" }.joined(separator: ",")
            let value = key == "args" ? "[\(members)]" : "{\(members)}"
            return key == "headers"
                ? "{\"url\": \"https://a\", \"headers\": \(value)}" : "{\"command\": \"a\", \"\(key)\": \(value)}"
        }
        #expect(dynamicErrors(text(maximum)).isEmpty)
        let found = dynamicErrors(text(maximum + 1))
        #expect(found.map(\.keyPath) == [key])
        #expect(found.first?.suggestion == "Write at most \(maximum)")
    }

    @Test("A text of more than 256 KiB is refused before it is read")
    func size() {
        let text = #"{"url": "https://a"}"#
        let padding = String(repeating: " ", count: ConfigurationLoader.maximumServerBytes - text.utf8.count)
        #expect(dynamicErrors(text + padding).isEmpty)
        #expect(dynamicErrors(text + padding + " ").map(\.message) == ["the text has more than 256KiB"])
    }

    @Test(
        "A name that is not plain, reserved, taken or in the way of another is refused",
        arguments: [
            "", "a/b", "-a", ".a", "a b", "ä", "a%2f", "mcp", "sse", "message", "api", "healthz", "readyz", "metrics",
            "fetch", "team", String(repeating: "a", count: 64),
        ])
    func badName(name: String) {
        let found = dynamicErrors(#"{"url": "https://a"}"#, named: name, existing: ["fetch", "team/mcp"])
        #expect(found.map(\.keyPath) == ["name"])
        #expect(found.allSatisfy { $0.suggestion != nil })
    }

    @Test("A plain name is fine", arguments: ["a", "A.b_c-1", "0", "fetch2", String(repeating: "a", count: 63)])
    func goodName(name: String) {
        #expect(dynamicErrors(#"{"url": "https://a"}"#, named: name).isEmpty)
    }

    @Test("A server made from a template has the operator's command with the caller's values")
    func template() throws {
        let loaded = try loadDynamic(
            #"{"template": "git", "parameters": {"path": "abc"}, "options": {"logEnabled": false}}"#, proxy: proxy)
        #expect(loaded.usesTemplate && loaded.template == "git")
        #expect(
            loaded.settings.transport
                == .stdio(
                    command: "uvx", arguments: ["--", "abc"], environment: ["GIT_DIR": Secret("/srv")],
                    workingDirectory: nil))
        #expect(loaded.settings.options.authTokens == proxy.options.authTokens)
        #expect(!loaded.settings.options.logEnabled && !loaded.settings.options.panicIfInvalid)
    }

    @Test(
        "Values that the template does not allow, missing ones and unknown templates are refused at their place",
        arguments: [
            (#"{"template": "git", "parameters": {"path": "../x"}}"#, "parameters.path"),
            (#"{"template": "git"}"#, "parameters.path"),
            (#"{"template": "git", "parameters": {"path": "a", "-c": "b"}}"#, "parameters.-c"),
            (#"{"template": "gti", "parameters": {"path": "a"}}"#, "template"),
            (#"{"template": "git", "parameters": ["-c"]}"#, "parameters"),
        ])
    func templateProblems(text: String, path: String) {
        #expect(dynamicErrors(text, proxy: proxy).map(\.keyPath).contains(path))
    }

    @Test(
        "Whoever adds a server holds a place no longer than ten minutes while it starts, and no call beyond the limit",
        arguments: [
            (#"{"url": "https://a", "startTimeout": "601s"}"#, "startTimeout", "10m"),
            (#"{"command": "a", "startTimeout": "1h"}"#, "startTimeout", "10m"),
            (#"{"url": "https://a", "callTimeout": "61m"}"#, "callTimeout", "1h"),
            (#"{"url": "https://a", "timeout": "61m"}"#, "timeout", "1h"),
        ])
    func longTimes(text: String, key: String, maximum: String) {
        let found = dynamicErrors(text, proxy: proxy)
        #expect(found.map(\.keyPath) == [key])
        #expect(found.first?.description.contains("Write \"\(maximum)\" at most") == true)
        #expect(found.first?.line == 1)
    }

    @Test("Times within the limits are taken")
    func times() throws {
        let loaded = try loadDynamic(
            #"{"url": "https://a", "startTimeout": "10m", "callTimeout": "1h"}"#, proxy: proxy)
        #expect(loaded.settings.startTimeout == .seconds(600) && loaded.settings.callTimeout == .seconds(3600))
    }

    @Test("All problems are reported at once, with places, and show no value")
    func allAtOnce() {
        let found = dynamicErrors(
            #"{"command": "canary", "env": {"A=B": "canary", "": "canary"}, "extra": "canary", "options": {"panicIfInvalid": true, "authTokens": [""]}}"#,
            named: "a/canary")
        #expect(
            found.map(\.keyPath) == [
                "name", "env[\"A=B\"]", "env[\"\"]", "extra", "options.panicIfInvalid", "options.authTokens[0]",
            ])
        #expect(found.dropFirst().allSatisfy { $0.line == 1 && $0.column != nil })
        #expect(!"\(found)".contains("canary"))
    }

    @Test("A short token is a warning, as in the file")
    func warnings() throws {
        let loaded = try loadDynamic(#"{"url": "https://a", "options": {"authTokens": ["token1"]}}"#)
        #expect(loaded.warnings.map(\.keyPath) == ["options.authTokens[0]"])
    }

    // MARK: Logins

    @Test("Whoever adds a server may say how somebody logs in to it")
    func authorization() throws {
        func settings(_ auth: String) throws -> ServerAuthorizationSettings {
            try loadDynamic("{\"url\": \"https://a\", \"auth\": \(auth)}").settings.authorization
        }
        #expect(try settings(#""none""#) == ServerAuthorizationSettings.none)
        #expect(
            try settings(#"{"type": "oauth", "clientID": "c", "clientSecret": "$HOME"}"#)
                == .oauth(.init(client: .init(id: "c", proof: .secret(Secret("$HOME"))))))
        #expect(
            try settings(#"{"type": "clientCredentials", "clientID": "c", "clientSecret": "s"}"#)
                == .clientCredentials(.init(client: .init(id: "c", proof: .secret(Secret("s"))))))
    }

    @Test(
        "Files and variables of the proxy, and what shows others who callers are, stay the operator's",
        arguments: [
            (#"{"type": "oauth", "clientID": "c", "privateKeyFile": "/etc/x"}"#, "privateKeyFile", "operator's own"),
            (#"{"type": "oauth", "clientID": "c", "clientSecret": "${canary}"}"#, "clientSecret", "variables"),
            (#"{"type": "oauth", "clientID": "${canary}"}"#, "clientID", "variables"),
            (#"{"type": "oauth", "clientID": "c", "clientSecret": "${file:/canary}"}"#, "clientSecret", "reads files"),
            (
                #"{"type": "tokenExchange", "clientID": "c", "tokenURL": "https://b/t"}"#, "type",
                "shows others who the callers are"
            ),
            (
                #"{"type": "enterpriseManaged", "clientID": "c", "identityProvider": {"issuer": "https://b", "clientID": "c"}}"#,
                "type", "shows others who the callers are"
            ),
            (#"{"type": "oauth", "clientId": "c"}"#, "clientId", "another case"),
        ])
    func authorizationOfOperator(auth: String, key: String, words: String) {
        let found = dynamicErrors("{\"url\": \"https://a\", \"auth\": \(auth)}")
        #expect(found.map(\.keyPath) == ["auth.\(key)"])
        #expect(found.first?.message.contains(words) == true, "\(found)")
        #expect(!"\(found)".contains("canary"))
    }

    @Test("Whoever adds a server has no say in which headers of others it gets")
    func headersFromClient() {
        let found = dynamicErrors(#"{"url": "https://a", "headersFromClient": {"X-A": "X-B"}}"#, proxy: proxy)
        #expect(found.map(\.keyPath) == ["headersFromClient"])
        #expect(found.first?.message.contains("operator's own configuration only") == true)
    }
}
