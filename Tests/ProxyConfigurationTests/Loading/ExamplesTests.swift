import Foundation
import MCPValues
import Testing

@testable import ProxyConfiguration

/// The files under `Examples`.
@Suite struct ExamplesTests {
    private static let folder: URL? = {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while folder.pathComponents.count > 1 {
            let examples = folder.appending(path: "Examples")
            if FileManager.default.fileExists(atPath: examples.path()) { return examples }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    private static let environment = [
        "MCP_PROXY_TOKEN": "0123456789abcdef", "MCP_PROXY_ADMIN_TOKEN": "fedcba9876543210", "SEARCH_TOKEN": "secret",
        "TICKETS_CLIENT_SECRET": "tickets", "BUILDS_CLIENT_SECRET": "builds",
    ]

    private func example(_ name: String) throws -> LoadedConfiguration {
        let folder = try #require(Self.folder)
        let text = try Data(contentsOf: folder.appending(path: name))
        return try ConfigurationLoader.load(
            text: Array(text), source: name, format: ConfigurationFormat(pathOrURL: name), environment: Self.environment
        )
    }

    @Test("The example of the management loads without a warning, and its templates make servers")
    func management() throws {
        let loaded = try example("management.json")
        #expect(loaded.warnings.isEmpty)
        let proxy = loaded.settings
        #expect(proxy.management.stdio == .templates && proxy.managementTokens == [Secret("fedcba9876543210")])
        let git = try loadDynamic(
            #"{"template": "git", "parameters": {"repository": "/srv/git/tools"}}"#, proxy: proxy)
        #expect(
            git.settings.transport
                == .stdio(
                    command: "uvx", arguments: ["mcp-server-git", "--repository=/srv/git/tools"], environment: [:],
                    workingDirectory: nil))
        let search = try loadDynamic(#"{"template": "search", "parameters": {"query": "-x"}}"#, proxy: proxy)
        #expect(
            search.settings.transport
                == .stdio(
                    command: "npx", arguments: ["-y", "my-search-server", "--depth=3", "--", "-x"],
                    environment: ["SEARCH_TOKEN": Secret("secret")], workingDirectory: nil))
        #expect(
            !dynamicErrors(#"{"template": "git", "parameters": {"repository": "/srv/git/../x"}}"#, proxy: proxy).isEmpty
        )
    }

    @Test("The example of one endpoint loads without a warning, and one token opens all of it")
    func oneEndpoint() throws {
        let loaded = try example("one-endpoint.json")
        #expect(loaded.warnings.isEmpty)
        let proxy = loaded.settings
        let endpoint = proxy.endpoint
        #expect(endpoint.members(of: proxy.servers) { $0 }.map(\.name) == ["time", "git", "fetch"])
        #expect(proxy.servers.allSatisfy { $0.options.authTokens == [Secret("0123456789abcdef")] })
        #expect(endpoint.tools.admits("git__git_status") && !endpoint.tools.admits("git__git_reset"))
        #expect(proxy.groups.map(\.isReadOnly) == [true])
    }

    @Test("The example of groups loads without a warning, with a group for developers")
    func groups() throws {
        let loaded = try example("groups.json")
        #expect(loaded.warnings.isEmpty)
        let proxy = loaded.settings
        #expect(proxy.endpoint.isEnabled && proxy.title == "Tools of our team")
        #expect(proxy.groups.map(\.name) == ["dev", "look"])
        let dev = try #require(proxy.groups.first)
        #expect(proxy.servers.map(\.name).filter(dev.servers.admits) == ["git", "github-cloud"])
        #expect(proxy.servers.map(\.offeredPrefix) == ["git", "gh", "time"])
        #expect(dev.tools.admits("git__git_status") && !dev.tools.admits("gh__delete_file"))
        #expect(dev.authTokens == [Secret("0123456789abcdef")] && dev.logEnabled)
        #expect(dev.overrides.map(\.offeredName) == ["diff"])
        #expect(dev.overrides.first?.presets == [ToolOverride.Preset(name: "repo_path", json: Array("\".\"".utf8))])
    }

    @Test("The example of servers that want OAuth loads without a warning, each with another way to a token")
    func oauthServers() throws {
        let loaded = try example("oauth-servers.json")
        #expect(loaded.warnings.isEmpty)
        let servers = loaded.settings.servers
        func client(_ secret: String) -> OAuthClientSettings {
            OAuthClientSettings(id: "mcp-proxy", proof: .secret(Secret(secret)))
        }
        #expect(
            servers.map(\.authorization) == [
                .discovered, .none,
                .oauth(.init(scopes: ["read", "write"], client: client("tickets"), holder: .principal)),
                .clientCredentials(.init(client: client("builds"))), .discovered,
            ])
        #expect(
            servers.last?.passedHeaders == [
                PassedHeader(upstreamName: "Authorization", clientName: "X-Code-Authorization")
            ])
    }
}
